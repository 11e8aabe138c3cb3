import { execa, type Options, type ResultPromise } from "execa";

/** Runs kubectl on the cluster that the environment of a stack selects. */
export function kubectl<T extends Options>(
    { env }: { readonly env: NodeJS.ProcessEnv },
    args: readonly string[],
    options: T,
): ResultPromise<T> {
    // The result type does not depend on `env`, but TypeScript cannot infer that for a generic type.
    return execa("kubectl", args, { ...options, env }) as unknown as ResultPromise<T>;
}
