import type { AlertmanagerSettings, StackSettings } from "../schema/schema";
import { SECRET_SETTINGS } from "../schema/secret-settings";
import { ANY_NAME } from "../schema/setting-keys";
import { parseSeconds } from "../types/units";
import { endpointPort } from "./destinations";

export type ReceiverSettings = AlertmanagerSettings["receivers"][string];

/** The receiver of alerts about which nobody is notified. */
export const SILENT_RECEIVER = "none";

/** Ways to notify. A receiver has at least one. */
export const INTEGRATIONS = ["webhook", "email", "slack", "pagerduty", "msteams"] as const;

/** A secret of a receiver. */
export interface ReceiverSecret {
    /** Key in the receiver's Secret. */
    readonly key:
        "webhook-url" | "webhook-token" | "email-password" | "slack-url" | "pagerduty-routing-key" | "msteams-url";
    /** The setting with the value, below the receiver. */
    readonly setting: string;
    /** Undefined if an existing Secret contains it. */
    readonly value: string | undefined;
}

/** The secrets that the integrations of a receiver read. */
export function listReceiverSecrets(receiver: ReceiverSettings): readonly ReceiverSecret[] {
    const { email, msteams, pagerduty, slack, webhook } = receiver;
    return [
        ...(webhook ? [{ key: "webhook-url", setting: "webhook.url", value: webhook.url } as const] : []),
        ...(webhook?.auth === "bearer"
            ? [{ key: "webhook-token", setting: "webhook.bearerToken", value: webhook.bearerToken } as const]
            : []),
        ...(email?.username === undefined
            ? []
            : [{ key: "email-password", setting: "email.password", value: email.password } as const]),
        ...(slack ? [{ key: "slack-url", setting: "slack.url", value: slack.url } as const] : []),
        ...(pagerduty
            ? [{ key: "pagerduty-routing-key", setting: "pagerduty.routingKey", value: pagerduty.routingKey } as const]
            : []),
        ...(msteams ? [{ key: "msteams-url", setting: "msteams.url", value: msteams.url } as const] : []),
    ];
}

const RECEIVER_PREFIX = `alertmanager.receivers.${ANY_NAME}.`;

/** Keys of all secrets in the settings of a receiver, whether its integrations read them or not. */
export const RECEIVER_SECRET_SETTINGS: readonly string[] = SECRET_SETTINGS.map(({ key }) => key)
    .filter((key) => key.startsWith(RECEIVER_PREFIX))
    .map((key) => key.slice(RECEIVER_PREFIX.length));

/** A receiver of notifications. Its integrations contain no secrets. */
export interface Receiver extends Pick<ReceiverSettings, "egress" | "matchers" | "secretName" | "sendResolved"> {
    readonly name: string;
    /** Whether it is sent the Watchdog and no other alert. */
    readonly isWatchdog: boolean;
    readonly webhook: Pick<Integration<"webhook">, "auth"> | undefined;
    readonly email: Omit<Integration<"email">, "password"> | undefined;
    readonly slack: Pick<Integration<"slack">, "channel"> | undefined;
    readonly pagerduty: Pick<Integration<"pagerduty">, "apiUrl"> | undefined;
    readonly msteams: object | undefined;
    /** Empty if the receiver needs none. */
    readonly secrets: readonly ReceiverSecret[];
    /** Ports that Alertmanager connects to. */
    readonly ports: readonly number[];
}

type Integration<Name extends (typeof INTEGRATIONS)[number]> = NonNullable<ReceiverSettings[Name]>;

/** The receivers in the order of their names. */
export function resolveReceivers({ receivers, watchdog }: AlertmanagerSettings): readonly Receiver[] {
    return Object.entries(receivers)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, receiver]) => {
            const { egress, email, matchers, msteams, pagerduty, secretName, sendResolved } = receiver;
            const { slack, webhook } = receiver;
            return {
                name,
                isWatchdog: name === watchdog.receiver,
                egress,
                matchers,
                secretName,
                sendResolved,
                webhook: webhook && { auth: webhook.auth },
                email: email && omitPassword(email),
                slack: slack && { channel: slack.channel },
                pagerduty: pagerduty && { apiUrl: pagerduty.apiUrl },
                msteams: msteams && {},
                secrets: listReceiverSecrets(receiver),
                ports: listReceiverPorts(receiver),
            };
        });
}

function omitPassword({
    from,
    requireTls,
    smarthost,
    to,
    username,
}: Integration<"email">): NonNullable<Receiver["email"]> {
    return { from, requireTls, smarthost, to, username };
}

const HTTPS_PORT = 443;

function listReceiverPorts({ egress, email, msteams, pagerduty, slack, webhook }: ReceiverSettings): readonly number[] {
    const urlPort = (url: string | undefined) => (url === undefined ? HTTPS_PORT : endpointPort(url));
    const ports = [
        ...[webhook, slack, msteams].flatMap((integration) => (integration ? [urlPort(integration.url)] : [])),
        ...(pagerduty ? [urlPort(pagerduty.apiUrl)] : []),
        ...(email?.smarthost === undefined ? [] : [Number(email.smarthost.replace(/^.*:/, ""))]),
    ];
    return egress.port === undefined ? [...new Set(ports)] : [egress.port];
}

/** How often Prometheus sends a firing alert again, at the next evaluation: default of `--rules.alert.resend-delay`. */
export const ALERT_RESEND_SECONDS = 60;

/** Alertmanager and what it sends. */
export interface AlertmanagerPlan extends Omit<AlertmanagerSettings, "enabled" | "receivers"> {
    readonly receivers: readonly Receiver[];
    /** URL for links to Alertmanager, which a port-forward makes available. */
    readonly externalUrl: string;
    /**
     * Seconds after its start during which Alertmanager sends no notification. Prometheus has sent all alerts again by then,
     * so that an alert that another one inhibits does not arrive before that one.
     */
    readonly startDelaySeconds: number;
}

/** Undefined if Alertmanager is disabled. */
export function resolveAlertmanager({
    alertmanager,
    localPorts,
    prometheus,
}: Pick<StackSettings, "alertmanager" | "localPorts" | "prometheus">): AlertmanagerPlan | undefined {
    const { enabled, ...rest } = alertmanager;
    return enabled
        ? {
              ...rest,
              receivers: resolveReceivers(alertmanager),
              externalUrl: `http://localhost:${localPorts.alertmanager}`,
              startDelaySeconds: ALERT_RESEND_SECONDS + parseSeconds(prometheus.scrapeInterval),
          }
        : undefined;
}
