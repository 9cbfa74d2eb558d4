/**
 * SQL, for statements that change rows by a list `r` of their keys: true of every row of it, but the planner takes such a
 * condition for a rare one, and the list for a row or two. By itself it expects 100, and while a table is empty a pass
 * through all of its index looks cheaper than 100 looks into it. The plan stays as it is while the table fills.
 */
export const few = "r.environment_id % 1 = 0";
