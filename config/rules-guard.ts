import type { Rule } from "./rule";

/** What the settings of the guarded listener demand of each other. */
export const guardRules: readonly Rule[] = [
    {
        keys: ["guard.tls.clientCaSecretName", "guard.auth"],
        problem: ({ guard }) =>
            guard.tls.clientCaSecretName !== undefined && guard.auth !== "mtls"
                ? "expected mtls for guard.auth: nobody is asked for a certificate"
                : undefined,
    },
    {
        keys: ["guard.token", "guard.auth"],
        problem: ({ guard }, given) =>
            given("guard.token") && guard.auth !== "token"
                ? "expected token for guard.auth: nobody is asked for a token"
                : undefined,
    },
    {
        keys: ["guard.token.keepPrevious", "guard.token.generation"],
        problem: ({ guard: { token } }) =>
            token.keepPrevious && token.generation === 1
                ? "expected false with generation 1 (guard.token.generation): there is none before it"
                : undefined,
    },
];
