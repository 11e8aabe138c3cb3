import type * as pulumi from "@pulumi/pulumi";
import { TOKEN_SECRET_KEYS } from "../../../config/model/existing-secrets";
import type { SecureOtlpSettings } from "../../../config/schema/schema";
import { type MountedVolumes, mountSecret } from "../../kubernetes/pod";
import { goDuration } from "../../telemetry/go-duration";
import type { ServerSecurity } from "./types/collector-config";
import type { ExtensionId, Extensions } from "./types/extensions";

const MOUNT_DIRS = {
    tls: "/etc/otel-stack/secure-otlp/tls",
    clientCa: "/etc/otel-stack/secure-otlp/client-ca",
    tokens: "/etc/otel-stack/secure-otlp/tokens",
} as const;
/** Keys of a TLS Secret, as cert-manager and `kubectl create secret tls` name them. */
const TLS_KEYS = { certificate: "tls.crt", key: "tls.key", ca: "ca.crt" } as const;

const TOKEN_AUTHENTICATOR = "bearertokenauth" satisfies ExtensionId;

/**
 * Configures TLS and authentication of the secure OTLP listener. Secrets are files, so that the ConfigMap contains
 * none.
 */
export function renderServerSecurity(secureOtlp: SecureOtlpSettings): ServerSecurity {
    const [authenticator] = authenticatorIds(secureOtlp);
    const tls = {
        cert_file: `${MOUNT_DIRS.tls}/${TLS_KEYS.certificate}`,
        key_file: `${MOUNT_DIRS.tls}/${TLS_KEYS.key}`,
        reload_interval: goDuration(secureOtlp.tls.reloadInterval),
    };
    return authenticator === undefined
        ? { tls: { ...tls, client_ca_file: `${MOUNT_DIRS.clientCa}/${TLS_KEYS.ca}`, client_ca_file_reload: true } }
        : { tls, auth: { authenticator } };
}

/** The authentication extensions of the secure OTLP listener: none with mTLS. */
export function authenticatorIds({ auth }: SecureOtlpSettings): readonly ExtensionId[] {
    return auth === "token" ? [TOKEN_AUTHENTICATOR] : [];
}

export function renderAuthExtensions(secureOtlp: SecureOtlpSettings): Extensions {
    return authenticatorIds(secureOtlp).length === 0
        ? {}
        : {
              [TOKEN_AUTHENTICATOR]: {
                  filename: `${MOUNT_DIRS.tokens}/${TOKEN_SECRET_KEYS.valid}`,
                  // Otherwise the listener starts before the tokens are loaded, and permanently rejects valid clients.
                  wait_for_token_file: true,
                  retry_on_failure: { enabled: true, max_retries: 10, interval: "1s" },
              },
          };
}

/**
 * Mounts the Secrets as directories. A `subPath` mount is never updated, so the listener would not see a renewed
 * certificate.
 *
 * @param tokens The Secret with the valid tokens, if `auth` is `token`.
 */
export function renderSecureListenerMounts({ tls }: SecureOtlpSettings, tokens?: pulumi.Input<string>): MountedVolumes {
    const clientCa = tls.clientCaSecretName ?? tls.secretName;
    const files = [
        mountSecret("secure-otlp-tls", tls.secretName, MOUNT_DIRS.tls, [TLS_KEYS.certificate, TLS_KEYS.key]),
        tokens === undefined
            ? mountSecret("secure-otlp-client-ca", clientCa, MOUNT_DIRS.clientCa, [TLS_KEYS.ca])
            : mountSecret("secure-otlp-tokens", tokens, MOUNT_DIRS.tokens, [TOKEN_SECRET_KEYS.valid]),
    ];
    return { volumes: files.map(({ volume }) => volume), mounts: files.map(({ mount }) => mount) };
}
