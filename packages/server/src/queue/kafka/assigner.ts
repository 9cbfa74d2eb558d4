import { AssignerProtocol, type PartitionAssigner } from "kafkajs";
import { z } from "zod";
import { type Member, stickyAssignment } from "./sticky-assignment.ts";

const name = "tidings-sticky";
const version = 1;

const ownedSchema = z.object({
  since: z.number().int(),
  owned: z.record(z.string(), z.array(z.number().int())),
});

/** What this member has at the moment, told to whoever leads the group. */
export interface Owned {
  since: number;
  owned: Readonly<Record<string, number[]>>;
}

/**
 * The client speaks the eager protocol alone, in which everybody gives all up and is given anew. As each member says what it
 * has, and is given that again, nobody has to stop: it goes on where it was, and only what changes hands is read again.
 */
export function stickyAssigner(owned: () => Owned): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version,
        topics,
        userData: Buffer.from(JSON.stringify(owned())),
      }),
    }),
    assign: async ({ members, topics }) => {
      const partitions = new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
      const assignment = stickyAssignment(
        members.map(({ memberId, memberMetadata }) => memberOf(memberId, memberMetadata)),
        partitions,
      );
      return [...assignment].map(([memberId, shares]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: Object.fromEntries(shares),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

function memberOf(id: string, metadata: Buffer): Member {
  const { since, owned } = ownedOf(AssignerProtocol.MemberMetadata.decode(metadata)?.userData);
  return { id, since, owned: new Map(Object.entries(owned)) };
}

/** A member that says it in another way has nothing that it could keep. */
function ownedOf(userData: Buffer | undefined): Owned {
  try {
    return ownedSchema.parse(JSON.parse(userData?.toString("utf8") ?? ""));
  } catch {
    return { since: 0, owned: {} };
  }
}
