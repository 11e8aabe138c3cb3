/** Paths that the kubelet asks, several times a minute: their answers are no telemetry. */
export const LIVE = "/livez";
export const READY = "/readyz";

export function isProbe(url: string | undefined): boolean {
    return url === LIVE || url === READY;
}
