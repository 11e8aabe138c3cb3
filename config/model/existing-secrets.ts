import type { StackSettings } from "../schema/schema";
import { WORKLOADS } from "../schema/workloads";
import { resolveReceivers } from "./alertmanager";
import { AZURE_MONITOR_SECRET_KEY, resolveDestinations } from "./destinations";

/** A Secret that the user creates, and that pods read. */
export interface ExistingSecret {
    /** The setting that names it. */
    readonly setting: string;
    readonly name: string;
    /** Keys that the pods read. Empty if they read all keys. */
    readonly keys: readonly string[];
    /** What starts after the Secret exists. */
    readonly workload: "Alertmanager" | "Grafana" | "each pod" | "the Collector";
    /** The Namespace of the stack, or that of cluster telemetry. */
    readonly namespace?: string;
}

/** Keys of the Secret with Grafana's credentials. */
export const GRAFANA_SECRET_KEYS = { password: "admin-password", secretKey: "secret-key" } as const;

export const TOKEN_SECRET_KEYS = {
    /** The current token, which clients use. */
    current: "token",
    /** All valid tokens, one per line, as the Collector reads them. */
    valid: "valid-tokens",
} as const;

/** The Secrets that the settings name. */
export function listExistingSecrets(settings: StackSettings): readonly ExistingSecret[] {
    return [
        ...listDestinationSecrets(settings),
        ...listTokenSecrets(settings),
        ...listGrafanaSecrets(settings),
        ...listReceiverSecrets(settings),
        ...listEnvSecrets(settings),
    ];
}

function listEnvSecrets(settings: StackSettings): readonly ExistingSecret[] {
    const list = (setting: string, names: readonly string[] = [], namespace = settings.namespace.name) =>
        names.map((name): ExistingSecret => ({ setting, name, keys: [], workload: "each pod", namespace }));
    return [
        ...list("pods.envFrom", settings.pods.envFrom),
        ...WORKLOADS.flatMap((workload) =>
            list(
                `${workload}.pods.envFrom`,
                settings[workload].pods.envFrom,
                workload === "clusterTelemetry" ? settings.clusterTelemetry.namespace : undefined,
            ),
        ),
    ];
}

function listDestinationSecrets(settings: StackSettings): readonly ExistingSecret[] {
    const workload = "the Collector";
    return resolveDestinations(settings).flatMap((destination): ExistingSecret[] => {
        if (destination.kind === "azure_monitor") {
            return destination.secretName === undefined
                ? []
                : [
                      {
                          setting: "azureMonitor.secretName",
                          name: destination.secretName,
                          keys: [AZURE_MONITOR_SECRET_KEY],
                          workload,
                      },
                  ];
        }
        const { name, secretHeaderKeys, secretName, tls } = destination;
        const key = `destinations.${name}`;
        return [
            ...(secretName === undefined
                ? []
                : [
                      {
                          setting: `${key}.secretName`,
                          name: secretName,
                          keys: [...new Set(Object.values(secretHeaderKeys))],
                          workload,
                      } as const,
                  ]),
            ...(tls.caSecretName === undefined
                ? []
                : [
                      {
                          setting: `${key}.tls.caSecretName`,
                          name: tls.caSecretName,
                          keys: ["ca.crt"],
                          workload,
                      } as const,
                  ]),
        ];
    });
}

function listTokenSecrets({ secureOtlp: { auth, enabled, token } }: StackSettings): readonly ExistingSecret[] {
    return enabled && auth === "token" && token.secretName !== undefined
        ? [
              {
                  setting: "secureOtlp.token.secretName",
                  name: token.secretName,
                  keys: Object.values(TOKEN_SECRET_KEYS),
                  workload: "the Collector",
              },
          ]
        : [];
}

function listGrafanaSecrets({ grafana: { enabled, secretName } }: StackSettings): readonly ExistingSecret[] {
    return enabled && secretName !== undefined
        ? [
              {
                  setting: "grafana.secretName",
                  name: secretName,
                  keys: Object.values(GRAFANA_SECRET_KEYS),
                  workload: "Grafana",
              },
          ]
        : [];
}

function listReceiverSecrets({ alertmanager }: StackSettings): readonly ExistingSecret[] {
    return resolveReceivers(alertmanager).flatMap(({ name, secretName, secrets }) =>
        alertmanager.enabled && secretName !== undefined
            ? [
                  {
                      setting: `alertmanager.receivers.${name}.secretName`,
                      name: secretName,
                      keys: secrets.map(({ key }) => key),
                      workload: "Alertmanager",
                  } as const,
              ]
            : [],
    );
}
