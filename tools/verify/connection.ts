/** An address that may have to be made anew: a port-forward ends with the pod that it led to. */
export interface Connection {
    /** The URL to use now. Fails when there is none, saying why. */
    url(): Promise<string>;
    /** Says that this URL did not work, so that the next call of `url` makes another one. */
    renew(failed: string): Promise<void>;
}

/** An address that is simply there. */
export function staticConnection(url: string): Connection {
    return { url: () => Promise.resolve(url), renew: () => Promise.resolve() };
}
