/** Scrape targets that DNS discovers: all pods behind a headless Service. */
export type DnsTarget = {
    /** The `job` label. */
    readonly job: string;
} & (
    | {
          /** Hostname that resolves to the addresses of all pods. */
          readonly host: string;
          readonly port: number;
      }
    | {
          /** Name of the SRV records with the hostname and port of each pod. */
          readonly srvRecord: string;
      }
);

/** Scrape targets with fixed addresses. A target without a response is down. */
export interface StaticTarget {
    readonly job: string;
    /** Each is `host:port`. */
    readonly addresses: readonly string[];
}
