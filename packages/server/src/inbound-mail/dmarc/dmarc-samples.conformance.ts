import { crc32, deflateRawSync } from "node:zlib";

export interface SampleRow {
  ip: string;
  count: number;
  dkim: string;
  spf: string;
  disposition?: string;
}

const oneRow: SampleRow = { ip: "192.0.2.1", count: 1, dkim: "pass", spf: "pass" };

/** An aggregate report in the form of RFC 7489 appendix C. `begin` in seconds. */
export function dmarcXml({
  rows = [oneRow],
  begin = 1_764_460_800,
  id = "r-1",
  domain = "Acme.test",
}: {
  rows?: readonly SampleRow[];
  begin?: number;
  id?: string;
  domain?: string;
} = {}): string {
  const records = rows.map(
    ({
      ip,
      count,
      dkim,
      spf,
      disposition = "none",
    }) => `<record><row><source_ip>${ip}</source_ip><count>${count}</count>
<policy_evaluated><disposition>${disposition}</disposition><dkim>${dkim}</dkim><spf>${spf}</spf></policy_evaluated></row>
<identifiers><header_from>${domain}</header_from></identifiers>
<auth_results><dkim><domain>${domain}</domain><result>pass</result></dkim><spf><domain>${domain}</domain><result>pass</result></spf></auth_results></record>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<feedback><version>1.0</version><report_metadata><org_name>receiver.example</org_name><email>dmarc@receiver.example</email>
<report_id>${id}</report_id><date_range><begin>${begin}</begin><end>${begin + 86_399}</end></date_range></report_metadata>
<policy_published><domain>${domain}</domain><p>none</p><pct>100</pct></policy_published>${records.join("\n")}</feedback>`;
}

/** A zip with one entry (PKWARE's APPNOTE 4.3): `method` 8 is deflated, 0 is stored. */
export function zipOf(text: string, method: 0 | 8 = 8): Buffer {
  const name = Buffer.from("report.xml");
  const whole = Buffer.from(text);
  const packed = method === 8 ? deflateRawSync(whole) : whole;
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(method, 4);
  fields.writeUInt32LE(crc32(whole), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(whole.length, 18);
  fields.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), fields, name, packed]);
  const central = Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), fields, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
