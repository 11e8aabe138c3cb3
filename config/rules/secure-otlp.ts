import type { Rule } from "./rule";

/** What the settings of the secure OTLP listener demand of each other. */
export const secureOtlpRules: readonly Rule[] = [
    {
        key: "secureOtlp.tls.clientCaSecretName",
        check: ({ secureOtlp }) =>
            secureOtlp.tls.clientCaSecretName !== undefined && secureOtlp.auth !== "mtls"
                ? "expected mtls for secureOtlp.auth: nobody is asked for a certificate"
                : undefined,
    },
    {
        key: "secureOtlp.token",
        check: ({ secureOtlp }, given) =>
            given("secureOtlp.token") && secureOtlp.auth !== "token"
                ? "expected token for secureOtlp.auth: nobody is asked for a token"
                : undefined,
    },
    {
        key: "secureOtlp.token.acceptPrevious",
        check: ({ secureOtlp: { token } }) =>
            token.acceptPrevious && token.version === 1
                ? "expected false with version 1 (secureOtlp.token.version): there is none before it"
                : undefined,
    },
];
