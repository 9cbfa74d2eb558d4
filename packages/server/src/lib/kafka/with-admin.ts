import type { Admin } from "kafkajs";
import { createClient, type KafkaConnection } from "./client.ts";

/** Lends a connection for questions about topics and groups. */
export async function withAdmin<T>(settings: KafkaConnection, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = createClient(settings).admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
