import { execa, type Options, type ResultPromise } from "execa";

/** Runs kubectl on the cluster that the environment of a stack leads to. */
export function kubectl<T extends Options>(
    { env }: { readonly env: NodeJS.ProcessEnv },
    args: readonly string[],
    options: T,
): ResultPromise<T> {
    // The type of the result does not depend on `env`, which TypeScript cannot see of a generic type.
    return execa("kubectl", args, { ...options, env }) as unknown as ResultPromise<T>;
}
