/** The same example call as a shell line and in Python with nothing but its standard library. */

export function pathOf(route, { path = {}, query = {} } = {}) {
  const filled = route.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name] ?? `{${name}}`));
  const search = new URLSearchParams(query).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

export function curl(route, example = {}) {
  const lines = [`curl -sS${methodOf(route, example)} "$TIDINGS_URL${pathOf(route, example)}"`];
  if (route.open !== true) lines.push('-H "Authorization: Bearer $TIDINGS_API_KEY"');
  for (const [name, value] of Object.entries(example.headers ?? {})) lines.push(`-H '${name}: ${value}'`);
  if (example.body !== undefined) {
    lines.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(example.body).replaceAll("'", "'\\''")}'`);
  }
  return lines.join(" \\\n  ");
}

function methodOf(route, example) {
  const implied = example.body === undefined ? "GET" : "POST";
  return route.method === implied ? "" : ` -X ${route.method}`;
}

export function python(route, example = {}) {
  const headers = [
    ...(route.open === true ? [] : ['"Authorization": "Bearer " + os.environ["TIDINGS_API_KEY"]']),
    ...Object.entries(example.headers ?? {}).map(
      ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
    ),
    ...(example.body === undefined ? [] : ['"Content-Type": "application/json"']),
  ];
  return [
    "import json, os, urllib.request",
    "",
    "request = urllib.request.Request(",
    `    os.environ["TIDINGS_URL"] + ${JSON.stringify(pathOf(route, example))},`,
    `    method="${route.method}",`,
    ...(headers.length === 0 ? [] : [`    headers={${headers.join(", ")}},`]),
    ...(example.body === undefined ? [] : [`    data=json.dumps(${literal(example.body)}).encode(),`]),
    ")",
    "with urllib.request.urlopen(request) as answer:",
    `    print(answer.status${route.response === undefined ? "" : ", json.load(answer)"})`,
  ].join("\n");
}

/** JSON as Python writes it. */
function literal(value) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([name, inner]) => `${JSON.stringify(name)}: ${literal(inner)}`)
      .join(", ")}}`;
  }
  return JSON.stringify(value);
}
