/** Paths of the kubelet probes. Their requests are not traced. */
export const LIVE = "/livez";
export const READY = "/readyz";

export function isProbe(url: string | undefined): boolean {
    return url === LIVE || url === READY;
}
