/** A URL that may change: a port-forward ends with its pod and must be started again. */
export interface Connection {
    /**
     * Returns the current URL.
     *
     * @throws when the connection cannot be established.
     */
    url(): Promise<string>;
    /** Reports that a URL failed, so that the next call of `url` establishes a new connection. */
    renew(failed: string): Promise<void>;
}

/** Returns a connection with a URL that never changes. */
export function staticConnection(url: string): Connection {
    return { url: () => Promise.resolve(url), renew: () => Promise.resolve() };
}
