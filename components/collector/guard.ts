import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { GuardSettings } from "../../config/schema";
import { goDuration } from "../shared/duration";
import { TOKEN_FILES } from "./tokens";
import type { ExtensionId, Extensions, Protection } from "./types";

const FOLDERS = {
    tls: "/etc/otel-stack/guard/tls",
    clientCa: "/etc/otel-stack/guard/client-ca",
    tokens: "/etc/otel-stack/guard/tokens",
} as const;
/** Keys of a Secret as cert-manager and `kubectl create secret tls` name them. */
const TLS_KEYS = { certificate: "tls.crt", key: "tls.key", ca: "ca.crt" } as const;

const TOKEN_CHECK = "bearertokenauth" satisfies ExtensionId;

/** What the guarded listener shows of itself and asks of its clients. Files alone: nothing of it stands in the ConfigMap. */
export function protectionOf(guard: GuardSettings): Protection {
    const [authenticator] = authenticatorsOf(guard);
    const tls = {
        cert_file: `${FOLDERS.tls}/${TLS_KEYS.certificate}`,
        key_file: `${FOLDERS.tls}/${TLS_KEYS.key}`,
        reload_interval: goDuration(guard.tls.reloadInterval),
    };
    return authenticator === undefined
        ? { tls: { ...tls, client_ca_file: `${FOLDERS.clientCa}/${TLS_KEYS.ca}`, client_ca_file_reload: true } }
        : { tls, auth: { authenticator } };
}

/** The extensions that the guarded listener asks about its clients: none where TLS itself does. */
export function authenticatorsOf({ auth }: GuardSettings): readonly ExtensionId[] {
    return auth === "token" ? [TOKEN_CHECK] : [];
}

export function guardExtensions(guard: GuardSettings): Extensions {
    return authenticatorsOf(guard).length === 0
        ? {}
        : {
              [TOKEN_CHECK]: {
                  filename: `${FOLDERS.tokens}/${TOKEN_FILES.valid}`,
                  // Otherwise the listener is there before the tokens are, and honest senders hear a refusal for good.
                  wait_for_token_file: true,
                  retry_on_failure: { enabled: true, max_retries: 10, interval: "1s" },
              },
          };
}

/** Files of the guarded listener in its pods. */
export interface GuardFiles {
    readonly volumes: readonly types.input.core.v1.Volume[];
    readonly mounts: readonly types.input.core.v1.VolumeMount[];
}

/**
 * The Secrets that the pods mount, whole folders rather than single files: what is mounted by `subPath` never changes,
 * and a renewed certificate would not be seen.
 *
 * @param tokens The Secret with the valid tokens, where tokens are asked for.
 */
export function guardFiles({ tls }: GuardSettings, tokens?: pulumi.Input<string>): GuardFiles {
    const clientCa = tls.clientCaSecretName ?? tls.secretName;
    const files = [
        secretFiles("guard-tls", tls.secretName, FOLDERS.tls, [TLS_KEYS.certificate, TLS_KEYS.key]),
        tokens === undefined
            ? secretFiles("guard-client-ca", clientCa, FOLDERS.clientCa, [TLS_KEYS.ca])
            : secretFiles("guard-tokens", tokens, FOLDERS.tokens, [TOKEN_FILES.valid]),
    ];
    return { volumes: files.map(({ volume }) => volume), mounts: files.map(({ mount }) => mount) };
}

interface SecretFiles {
    readonly volume: types.input.core.v1.Volume;
    readonly mount: types.input.core.v1.VolumeMount;
}

/** Some keys of a Secret as files of a folder. */
export function secretFiles(
    name: string,
    secretName: pulumi.Input<string>,
    mountPath: string,
    keys: readonly string[],
): SecretFiles {
    return {
        volume: {
            name,
            secret: { secretName, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) },
        },
        mount: { name, mountPath, readOnly: true },
    };
}
