import * as http from "node:http";
import * as https from "node:https";
import { NODE_IP } from "../../../sandbox/cluster-pki";
import { NODE_PORTS } from "./traefik";

export interface HttpPage {
    readonly url: string;
    readonly status: number;
    readonly type: string;
    readonly body: string;
}

const MAX_REDIRECTS = 5;
const TIMEOUT_MS = 20_000;

/**
 * Opens a URL like a browser and follows redirects. The hostnames are in no DNS: all resolve to the node.
 *
 * @param ca The trusted authority. The call fails with a certificate of another authority or for another name.
 * Undefined accepts any certificate.
 */
export async function fetchPage(url: string, ca?: string): Promise<HttpPage> {
    let at = new URL(url);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const { location, ...page } = await requestPage(at, ca);
        if (location === undefined) {
            return page;
        }
        at = new URL(location, at);
    }
    throw new Error(`${url} leads to no end of redirects`);
}

function requestPage(url: URL, ca: string | undefined): Promise<HttpPage & { readonly location: string | undefined }> {
    const { hostname, pathname, protocol, search } = url;
    const secure = protocol === "https:";
    const options = {
        host: NODE_IP,
        path: `${pathname}${search}`,
        headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8", host: hostname },
        timeout: TIMEOUT_MS,
    };
    const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
    return new Promise((resolve, reject) => {
        const request = secure
            ? https.request({ ...options, ...trust, port: NODE_PORTS.https, servername: hostname, agent: false })
            : http.request({ ...options, port: NODE_PORTS.http, agent: false });
        request.on("timeout", () => request.destroy(new Error(`no answer from ${url.href}`)));
        request.on("error", reject);
        request.on("response", (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () => {
                resolve({
                    url: url.href,
                    status: response.statusCode ?? 0,
                    type: response.headers["content-type"] ?? "",
                    body: Buffer.concat(chunks).toString("utf8"),
                    location: response.headers.location,
                });
            });
        });
        request.end();
    });
}
