import { once } from "node:events";
import * as net from "node:net";
import * as tls from "node:tls";

/** An OTLP endpoint and the client's credentials. */
export interface OtlpEndpoint {
    readonly host: string;
    readonly port: number;
    /** The trusted authority and the client's certificate. Undefined disables TLS. */
    readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
    /** Value of the `Authorization` header. */
    readonly authorization?: string;
}

/** A request that no well-behaved client sends. */
export interface MalformedRequest {
    readonly name: string;
    /** Sends the request and returns the result: `HTTP 400`, `gRPC 8`, `closed`, or `nothing` after a timeout. */
    readonly send: (to: OtlpEndpoint) => Promise<string>;
    /** The expected result. */
    readonly answer: RegExp;
}

/** Longer than each timeout of the listener. */
const RESPONSE_TIMEOUT_MS = 15_000;

export async function connect({ host, port, tls: secure }: OtlpEndpoint, protocols?: string[]): Promise<net.Socket> {
    const socket = secure
        ? tls.connect({ host, port, ...secure, ...(protocols ? { ALPNProtocols: protocols } : {}) })
        : net.connect({ host, port });
    await once(socket, secure ? "secureConnect" : "connect");
    return socket;
}

/** The result of a promise, or `nothing` after the timeout. */
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
