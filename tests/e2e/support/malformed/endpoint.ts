import { once } from "node:events";
import * as net from "node:net";
import * as tls from "node:tls";

/** Where a client knocks. */
export interface OtlpEndpoint {
    readonly host: string;
    readonly port: number;
    /** What a client by TLS trusts, and shows; without it nothing is encrypted. */
    readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
    /** The value of the header that lets it in. */
    readonly authorization?: string;
}

/** A request that no honest client sends. */
export interface MalformedRequest {
    readonly name: string;
    /** What came of it: `HTTP 400`, `gRPC 8`, `closed`, or that after some seconds there was `nothing`. */
    readonly send: (to: OtlpEndpoint) => Promise<string>;
    /** What may come of it. */
    readonly answer: RegExp;
}

/** Longer than each of the listener's own time-outs. */
export const RESPONSE_TIMEOUT_MS = 15_000;

export async function connect({ host, port, tls: secure }: OtlpEndpoint, protocols?: string[]): Promise<net.Socket> {
    const socket = secure
        ? tls.connect({ host, port, ...secure, ...(protocols ? { ALPNProtocols: protocols } : {}) })
        : net.connect({ host, port });
    await once(socket, secure ? "secureConnect" : "connect");
    return socket;
}

/** What a promise says, or `nothing` where it says nothing in time. */
export async function awaitResponse(answer: Promise<string>): Promise<string> {
    const late = new AbortController();
    const patience = new Promise<string>((resolve) => {
        const timer = setTimeout(resolve, RESPONSE_TIMEOUT_MS, "nothing");
        late.signal.addEventListener("abort", () => {
            clearTimeout(timer);
        });
    });
    try {
        return await Promise.race([answer, patience]);
    } finally {
        late.abort();
    }
}
