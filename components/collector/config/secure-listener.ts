import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { SecureOtlpSettings } from "../../../config/schema/schema";
import { goDuration } from "../../telemetry/go-duration";
import { TOKEN_FILES } from "../tokens";
import type { ExtensionId, Extensions, ServerSecurity } from "./types/collector-config";

const MOUNT_DIRS = {
    tls: "/etc/otel-stack/secure-otlp/tls",
    clientCa: "/etc/otel-stack/secure-otlp/client-ca",
    tokens: "/etc/otel-stack/secure-otlp/tokens",
} as const;
/** Keys of a Secret as cert-manager and `kubectl create secret tls` name them. */
const TLS_KEYS = { certificate: "tls.crt", key: "tls.key", ca: "ca.crt" } as const;

const TOKEN_AUTHENTICATOR = "bearertokenauth" satisfies ExtensionId;

/** What the secure OTLP listener shows of itself and asks of its clients. Files alone: nothing of it stands in the ConfigMap. */
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

/** The extensions that the secure OTLP listener asks about its clients: none where TLS itself does. */
export function authenticatorIds({ auth }: SecureOtlpSettings): readonly ExtensionId[] {
    return auth === "token" ? [TOKEN_AUTHENTICATOR] : [];
}

export function renderAuthExtensions(secureOtlp: SecureOtlpSettings): Extensions {
    return authenticatorIds(secureOtlp).length === 0
        ? {}
        : {
              [TOKEN_AUTHENTICATOR]: {
                  filename: `${MOUNT_DIRS.tokens}/${TOKEN_FILES.valid}`,
                  // Otherwise the listener is there before the tokens are, and honest senders hear a refusal for good.
                  wait_for_token_file: true,
                  retry_on_failure: { enabled: true, max_retries: 10, interval: "1s" },
              },
          };
}

/** Files of the secure OTLP listener in its pods. */
export interface SecureListenerMounts {
    readonly volumes: readonly types.input.core.v1.Volume[];
    readonly mounts: readonly types.input.core.v1.VolumeMount[];
}

/**
 * The Secrets that the pods mount, whole folders rather than single files: what is mounted by `subPath` never changes,
 * and a renewed certificate would not be seen.
 *
 * @param tokens The Secret with the valid tokens, where tokens are asked for.
 */
export function renderSecureListenerMounts(
    { tls }: SecureOtlpSettings,
    tokens?: pulumi.Input<string>,
): SecureListenerMounts {
    const clientCa = tls.clientCaSecretName ?? tls.secretName;
    const files = [
        mountSecret("secure-otlp-tls", tls.secretName, MOUNT_DIRS.tls, [TLS_KEYS.certificate, TLS_KEYS.key]),
        tokens === undefined
            ? mountSecret("secure-otlp-client-ca", clientCa, MOUNT_DIRS.clientCa, [TLS_KEYS.ca])
            : mountSecret("secure-otlp-tokens", tokens, MOUNT_DIRS.tokens, [TOKEN_FILES.valid]),
    ];
    return { volumes: files.map(({ volume }) => volume), mounts: files.map(({ mount }) => mount) };
}

interface MountedSecret {
    readonly volume: types.input.core.v1.Volume;
    readonly mount: types.input.core.v1.VolumeMount;
}

/** Some keys of a Secret as files of a folder. */
export function mountSecret(
    name: string,
    secretName: pulumi.Input<string>,
    mountPath: string,
    keys: readonly string[],
): MountedSecret {
    return {
        volume: {
            name,
            secret: { secretName, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) },
        },
        mount: { name, mountPath, readOnly: true },
    };
}
