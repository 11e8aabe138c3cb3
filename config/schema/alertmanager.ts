import * as z from "zod";
import { dnsSubdomain } from "../types/dns";
import { byteSize, duration } from "../types/quantities";
import { booleanType, enumType, integer, secretText, stringType } from "../types/values";
import { alertMatchers, labelNames } from "../types/alert-matchers";
import { httpUrl, webhookUrl } from "../types/otlp";
import { createEgressSchema } from "./egress";
import { createPodsSchema } from "./pods";
import { createSecretNameSetting } from "./secret-name";
import { resources, setting } from "./setting";

const SECRET_HELP =
    "Set it with `pulumi config set --secret --path`, or use `secretName`. In the cluster it is stored in a Secret only.";

const secretSetting = (
    description: string,
    type: z.ZodType<string>,
    key: string,
    secret: "always" | "sometimes" = "always",
) =>
    setting(type.optional(), `${description} ${SECRET_HELP}`, {
        whenUnset: `key \`${key}\` of the Secret \`secretName\``,
        secret,
    });

const emailAddress = stringType("email address", "an email address such as oncall@example.com", (value) =>
    /^[^\s@,;<>]+@[^\s@,;<>]+$/.test(value),
);

const webhook = z.strictObject({
    // The URL of a program in the cluster is not secret.
    url: secretSetting(
        "URL to which Alertmanager posts notifications as JSON.",
        webhookUrl,
        "webhook-url",
        "sometimes",
    ),
    auth: setting(
        enumType(["none", "bearer"]).default("none"),
        "Authentication of the requests: `bearer` sends `bearerToken` in the header `Authorization`.",
    ),
    bearerToken: secretSetting("Token for `auth: bearer`.", secretText, "webhook-token"),
});

const email = z.strictObject({
    to: setting(emailAddress.optional(), "Recipient.", { whenUnset: "none; required" }),
    from: setting(emailAddress.optional(), "Sender.", { whenUnset: "none; required" }),
    smarthost: setting(
        stringType("host:port", "a host and a port, such as smtp.example.com:587", (value) =>
            /^(?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\]):[1-9]\d{0,4}$/.test(value),
        ).optional(),
        "SMTP server.",
        { whenUnset: "none; required" },
    ),
    username: setting(
        stringType("string", "a user name", (value) => value !== "").optional(),
        "User for the SMTP server. It requires `password` or `secretName`.",
        { whenUnset: "no authentication" },
    ),
    password: secretSetting("Password for `username`.", secretText, "email-password"),
    requireTls: setting(
        booleanType.default(true),
        "Require STARTTLS. Port 465 always uses TLS. With false, anyone on the network path can read notifications.",
    ),
});

const slack = z.strictObject({
    url: secretSetting("URL of a Slack incoming webhook.", webhookUrl, "slack-url"),
    channel: setting(
        stringType("Slack channel", "a channel such as '#alerts'", (value) => /^[#@]?\S+$/.test(value)).optional(),
        "Channel for the notifications.",
        { whenUnset: "the channel of the webhook" },
    ),
});

const pagerduty = z.strictObject({
    routingKey: secretSetting("Integration key of PagerDuty's Events API v2.", secretText, "pagerduty-routing-key"),
    apiUrl: setting(
        httpUrl.default("https://events.pagerduty.com/v2/enqueue"),
        "URL of the Events API. The EU region has another one.",
    ),
});

const msteams = z.strictObject({
    url: secretSetting("URL of a Microsoft Teams workflow that posts to a channel.", webhookUrl, "msteams-url"),
});

/** Each receiver has at least one of the integrations. */
const receiver = z.strictObject({
    webhook: webhook.optional(),
    email: email.optional(),
    slack: slack.optional(),
    pagerduty: pagerduty.optional(),
    msteams: msteams.optional(),
    matchers: setting(
        alertMatchers.default([]),
        'Matchers of labels, in the syntax of Alertmanager, such as `severity="critical"` or `job=~"jaeger|loki"`. The receiver is sent the alerts that all of them match.',
        { whenUnset: "all alerts" },
    ),
    sendResolved: setting(booleanType.default(true), "Notify when alerts are resolved, too."),
    secretName: createSecretNameSetting(
        "the receiver's secrets (docs/how-to/send-alerts.md has their keys)",
        "the stack creates a Secret from the settings",
    ),
    egress: createEgressSchema("receiver", "Alertmanager", {
        cidrs: "any address unless `namespaceSelectors` is set",
        port: "the ports of the URLs and the SMTP server; 443 for a URL in `secretName`",
    }),
});

/** Settings of Alertmanager. */
export const alertmanager = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Deploy Alertmanager, which sends notifications about the stack's alerts to receivers (docs/how-to/send-alerts.md).",
        { rationale: "Without a receiver of yours it sends no notification." },
    ),
    replicas: setting(
        integer(1, 5).default(1),
        "Number of Alertmanager pods. Several pods share silences and sent notifications, and send each notification once.",
    ),
    receivers: z
        .record(z.string(), receiver, {
            error: "must be a map from the name of each receiver to its settings, such as { oncall: { slack: { url: ... } } }",
        })
        .default({}),
    grouping: z
        .strictObject({
            labels: setting(
                labelNames.default(["alertname", "job"]),
                "Labels by which alerts are grouped: one notification contains all alerts with the same values.",
            ),
            wait: setting(
                duration("0s", "1h").default("30s"),
                "How long the first notification of a group waits for more alerts.",
                { rationale: "Alerts that inhibit others, and those that they inhibit, arrive within it." },
            ),
            interval: setting(
                duration("1s", "24h").default("5m"),
                "Minimum time between notifications of a group about new and resolved alerts.",
            ),
            repeatInterval: setting(
                duration("1m", "52w").default("4h"),
                "Time after which a notification about alerts that still fire is repeated.",
            ),
        })
        .prefault({}),
    inhibition: z
        .strictObject({
            enabled: setting(
                booleanType.default(true),
                "Mute warnings that follow from another alert, such as a growing queue while its backend is down. Critical alerts are never muted.",
            ),
        })
        .prefault({}),
    watchdog: z
        .strictObject({
            receiver: setting(
                stringType(
                    "name",
                    "the name of a receiver in alertmanager.receivers",
                    (value) => value !== "",
                ).optional(),
                "Receiver of the alert `Watchdog`, which always fires: a service that alerts you when the notifications stop. It is sent no other alert.",
                { whenUnset: "none" },
            ),
            interval: setting(
                duration("10s", "1d").default("1m"),
                "Interval between two notifications of the alert `Watchdog`.",
            ),
        })
        .prefault({}),
    retention: setting(
        duration("1h", "52w").default("5d"),
        "How long expired silences and the record of sent notifications are kept. Longer than `grouping.repeatInterval`.",
    ),
    volumeSize: setting(
        byteSize.default("1Gi"),
        "Size of the volume of each pod, or of its emptyDir, for silences and the record of sent notifications.",
        { rationale: "The smallest volume of most storage provisioners; Alertmanager needs some MiB." },
    ),
    persistence: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Store silences and the record of sent notifications on a PersistentVolumeClaim of each pod, so that they survive the pod. Kubernetes keeps the claims when Alertmanager leaves the stack and its Namespace stays.",
                {
                    rationale:
                        "Works on a cluster without a storage provisioner. With `durability.mode: disk` the default is true.",
                },
            ),
            storageClass: setting(
                dnsSubdomain.optional(),
                "StorageClass of a new claim. An existing claim keeps its class.",
                { whenUnset: "the cluster's default StorageClass" },
            ),
        })
        .prefault({}),
    pods: createPodsSchema("the pods of Alertmanager"),
    resources: resources(
        "each Alertmanager pod",
        { cpu: "10m", memory: "48Mi" },
        { cpu: "250m", memory: "128Mi" },
        "Alertmanager uses 40 MB when idle.",
    ),
});
