import {
    INTEGRATIONS,
    RECEIVER_SECRET_SETTINGS,
    SILENT_RECEIVER,
    type ReceiverSettings,
    listReceiverSecrets,
} from "../model/alertmanager";
import type { StackSettings } from "../schema/schema";
import { ANY_NAME } from "../schema/setting-keys";
import { getPath } from "../types/raw";
import { parseSeconds } from "../types/units";
import { type Condition, requiresEnabled } from "./condition";
import { type LocatedIssue, NAME_PATTERN, type Rule } from "./rule";

const RECEIVERS = "alertmanager.receivers";

/** A rule for a setting of each receiver. */
function forEachReceiver(
    check: (receiver: ReceiverSettings, name: string) => readonly (readonly [path: string, message: string])[],
): Rule {
    return {
        key: RECEIVERS,
        check: ({ alertmanager }) =>
            Object.entries(alertmanager.receivers).flatMap(([name, receiver]): LocatedIssue[] =>
                check(receiver, name).map(([path, message]) => ({
                    key: [RECEIVERS, name, path].filter(Boolean).join("."),
                    message,
                })),
            ),
    };
}

const receiverRules: readonly Rule[] = [
    forEachReceiver((_, name) =>
        !NAME_PATTERN.test(name)
            ? [
                  [
                      "",
                      "must have a name of at most 30 characters: a-z, 0-9 and single hyphens, with a letter or digit at both ends",
                  ],
              ]
            : name === SILENT_RECEIVER
              ? [["", `must have another name; ${SILENT_RECEIVER} is the receiver of alerts that no receiver is sent`]]
              : [],
    ),
    forEachReceiver((receiver) =>
        INTEGRATIONS.every((integration) => receiver[integration] === undefined)
            ? [["", `must have at least one of ${INTEGRATIONS.join(", ")}; otherwise nobody is notified`]]
            : [],
    ),
    forEachReceiver(({ email }) =>
        (["to", "from", "smarthost"] as const).flatMap((name): (readonly [string, string])[] =>
            email !== undefined && email[name] === undefined
                ? [[`email.${name}`, "must be set; Alertmanager has no default for it"]]
                : [],
        ),
    ),
    forEachReceiver((receiver, name) =>
        receiver.secretName === undefined
            ? listReceiverSecrets(receiver)
                  .filter(({ value }) => value === undefined)
                  .map(({ key, setting }) => [
                      setting,
                      `must be set; run \`pulumi config set --secret --path otel-stack:${RECEIVERS}.${name}.${setting}\`, or set secretName to a Secret with the key ${key}`,
                  ])
            : RECEIVER_SECRET_SETTINGS.filter((setting) => getPath(receiver, setting.split(".")) !== undefined).map(
                  (setting) => [
                      setting,
                      "must not be set with secretName; the Secret contains all secrets of the receiver",
                  ],
              ),
    ),
    forEachReceiver((receiver) =>
        receiver.secretName !== undefined && listReceiverSecrets(receiver).length === 0
            ? [["secretName", "must not be set; the integrations of this receiver have no secret"]]
            : [],
    ),
];

function requires(section: string, isEnabled: (settings: StackSettings) => boolean, reason: string): Rule {
    return {
        key: "alertmanager.enabled",
        check: (settings) =>
            settings.alertmanager.enabled && !isEnabled(settings)
                ? `requires ${section} to be true; ${reason}`
                : undefined,
    };
}

export const alertmanagerRules: readonly Rule[] = [
    requires("prometheus.enabled", ({ prometheus }) => prometheus.enabled, "only Prometheus sends alerts"),
    requires(
        "prometheus.rules.enabled",
        ({ prometheus }) => !prometheus.enabled || prometheus.rules.enabled,
        "without rules there are no alerts",
    ),
    ...receiverRules,
    {
        key: "alertmanager.watchdog.receiver",
        check: ({ alertmanager: { receivers, watchdog } }) =>
            watchdog.receiver === undefined || Object.hasOwn(receivers, watchdog.receiver)
                ? undefined
                : `must be one of the receivers (${RECEIVERS})`,
    },
    {
        key: "alertmanager.grouping.repeatInterval",
        check: ({ alertmanager: { grouping } }) =>
            parseSeconds(grouping.repeatInterval) < parseSeconds(grouping.interval)
                ? `must be at least ${grouping.interval} (alertmanager.grouping.interval), at which Alertmanager looks for what to repeat`
                : undefined,
    },
    {
        key: "alertmanager.retention",
        check: ({ alertmanager: { grouping, retention } }) =>
            parseSeconds(retention) < parseSeconds(grouping.repeatInterval)
                ? `must be at least ${grouping.repeatInterval} (alertmanager.grouping.repeatInterval); otherwise Alertmanager forgets that it has sent a notification, and repeats it too early`
                : undefined,
    },
];

/** Settings of each receiver. */
const RECEIVER = `${RECEIVERS}.${ANY_NAME}`;

/** What settings of Alertmanager need to have an effect. */
export const alertmanagerConditions: readonly Condition[] = [
    requiresEnabled("networkPolicies", `${RECEIVER}.egress`),
    {
        keys: ["prometheus.externalLabels"],
        isMet: ({ alertmanager }) => alertmanager.enabled,
        reason: "Prometheus adds them to the alerts that it sends to Alertmanager, which is disabled",
        fix: "alertmanager.enabled to true",
    },
    {
        keys: [`${RECEIVER}.webhook.bearerToken`],
        isMet: ({ alertmanager }, name) => alertmanager.receivers[name]?.webhook?.auth === "bearer",
        reason: "the webhook needs no token",
        fix: "webhook.auth to bearer",
    },
    {
        keys: [`${RECEIVER}.email.password`],
        isMet: ({ alertmanager }, name) => alertmanager.receivers[name]?.email?.username !== undefined,
        reason: "Alertmanager does not log in to the SMTP server",
        fix: "email.username",
    },
    {
        keys: [`${RECEIVER}.matchers`],
        isMet: ({ alertmanager }, name) => alertmanager.watchdog.receiver !== name,
        reason: "the receiver is sent the alert Watchdog alone (alertmanager.watchdog.receiver)",
    },
    {
        keys: ["alertmanager.watchdog.interval"],
        isMet: ({ alertmanager }) => alertmanager.watchdog.receiver !== undefined,
        reason: "nobody is sent the alert Watchdog",
        fix: "alertmanager.watchdog.receiver",
    },
];
