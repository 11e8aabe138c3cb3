import type { Rule } from "./rule";

/** What the settings of the guarded listener demand of each other. */
export const secureOtlpRules: readonly Rule[] = [
    {
        key: "guard.tls.clientCaSecretName",
        check: ({ guard }) =>
            guard.tls.clientCaSecretName !== undefined && guard.auth !== "mtls"
                ? "expected mtls for guard.auth: nobody is asked for a certificate"
                : undefined,
    },
    {
        key: "guard.token",
        check: ({ guard }, given) =>
            given("guard.token") && guard.auth !== "token"
                ? "expected token for guard.auth: nobody is asked for a token"
                : undefined,
    },
    {
        key: "guard.token.keepPrevious",
        check: ({ guard: { token } }) =>
            token.keepPrevious && token.generation === 1
                ? "expected false with generation 1 (guard.token.generation): there is none before it"
                : undefined,
    },
];
