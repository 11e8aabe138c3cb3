import { type AlertmanagerPlan, type Receiver, SILENT_RECEIVER } from "../../config/model/alertmanager";
import { parseSeconds } from "../../config/types/units";
import type { AlertingRule, RuleGroup } from "../prometheus/rules/types";
import { WATCHDOG } from "../prometheus/rules/alertmanager-alerts";

export const ALERTMANAGER_PORTS = { http: 9093, gossip: 9094 } as const;
/** The templates file, in the directory of the configuration file. */
export const TEMPLATES_FILE = "otel-stack.tmpl";
/** Mount path of the receivers' Secrets. */
const SECRETS_DIR = "/etc/otel-stack/receivers";

/** What the configuration file needs of a receiver. */
type ConfiguredReceiver = Omit<Receiver, "secrets">;

export interface AlertmanagerConfigArgs extends Pick<AlertmanagerPlan, "grouping" | "inhibition" | "watchdog"> {
    readonly receivers: readonly ConfiguredReceiver[];
    /** The stack's rules, whose alerts say from which others they follow. */
    readonly ruleGroups: readonly RuleGroup[];
}

/** Mount path of the Secret of a receiver. */
export function resolveSecretDir(name: string): string {
    return `${SECRETS_DIR}/${name}`;
}

/**
 * Renders Alertmanager's configuration file. Secrets are files, so that the ConfigMap contains none.
 *
 * https://prometheus.io/docs/alerting/latest/configuration/
 */
export function renderAlertmanagerConfig(args: AlertmanagerConfigArgs): object {
    const { grouping, inhibition, receivers, ruleGroups } = args;
    return {
        route: {
            receiver: SILENT_RECEIVER,
            group_by: grouping.labels,
            group_wait: grouping.wait,
            group_interval: grouping.interval,
            repeat_interval: grouping.repeatInterval,
            routes: [renderWatchdogRoute(args), ...receivers.filter(({ isWatchdog }) => !isWatchdog).map(renderRoute)],
        },
        ...(inhibition.enabled ? { inhibit_rules: renderInhibitRules(ruleGroups) } : {}),
        receivers: [{ name: SILENT_RECEIVER }, ...receivers.map(renderReceiver)],
        templates: [TEMPLATES_FILE],
    };
}

/** The first route, so that no other receiver is sent the alert that always fires. */
function renderWatchdogRoute({ receivers, watchdog }: AlertmanagerConfigArgs): object {
    const receiver = receivers.find(({ isWatchdog }) => isWatchdog);
    return {
        receiver: receiver?.name ?? SILENT_RECEIVER,
        matchers: [renderMatcher("alertname", WATCHDOG)],
        group_wait: "0s",
        group_interval: watchdog.interval,
        // Repeats at each group interval. With equal times, every other notification would be too early by some
        // milliseconds.
        repeat_interval: `${Math.max(1, Math.floor(parseSeconds(watchdog.interval) / 2))}s`,
    };
}

/** Each receiver is sent what it matches, whatever other receivers match. */
function renderRoute({ matchers, name }: ConfiguredReceiver): object {
    return { receiver: name, ...(matchers.length === 0 ? {} : { matchers }), continue: true };
}

function renderMatcher(label: string, value: string): string {
    return `${label}="${value}"`;
}

/** Mutes each alert while an alert that explains it fires. */
export function renderInhibitRules(ruleGroups: readonly RuleGroup[]): readonly object[] {
    const alerts = ruleGroups.flatMap(({ rules }) => rules).filter((rule): rule is AlertingRule => "alert" in rule);
    return alerts.flatMap(({ alert, causes = [] }) =>
        causes.map((cause) => ({
            source_matchers: [renderMatcher("alertname", cause.alert), ...(cause.sourceMatchers ?? [])],
            target_matchers: [renderMatcher("alertname", alert), ...(cause.targetMatchers ?? [])],
            ...(cause.equal === undefined ? {} : { equal: cause.equal }),
        })),
    );
}

const TEMPLATES = {
    title: '{{ template "otel-stack.title" . }}',
    text: '{{ template "otel-stack.text" . }}',
    html: '{{ template "otel-stack.html" . }}',
    slack: '{{ template "otel-stack.slack" . }}',
    markdown: '{{ template "otel-stack.markdown" . }}',
} as const;

function renderReceiver({ email, msteams, name, pagerduty, sendResolved, slack, webhook }: ConfiguredReceiver): object {
    const file = (key: string) => `${resolveSecretDir(name)}/${key}`;
    const common = { send_resolved: sendResolved };
    return {
        name,
        ...(webhook
            ? {
                  webhook_configs: [
                      {
                          ...common,
                          url_file: file("webhook-url"),
                          ...(webhook.auth === "bearer"
                              ? { http_config: { authorization: { credentials_file: file("webhook-token") } } }
                              : {}),
                      },
                  ],
              }
            : {}),
        ...(email
            ? {
                  email_configs: [
                      {
                          ...common,
                          to: email.to,
                          from: email.from,
                          smarthost: email.smarthost,
                          require_tls: email.requireTls,
                          ...(email.username === undefined
                              ? {}
                              : { auth_username: email.username, auth_password_file: file("email-password") }),
                          headers: { Subject: TEMPLATES.title },
                          html: TEMPLATES.html,
                          text: TEMPLATES.text,
                      },
                  ],
              }
            : {}),
        ...(slack
            ? {
                  slack_configs: [
                      {
                          ...common,
                          api_url_file: file("slack-url"),
                          ...(slack.channel === undefined ? {} : { channel: slack.channel }),
                          title: TEMPLATES.title,
                          text: TEMPLATES.slack,
                          fallback: TEMPLATES.title,
                      },
                  ],
              }
            : {}),
        ...(pagerduty
            ? {
                  pagerduty_configs: [
                      {
                          ...common,
                          routing_key_file: file("pagerduty-routing-key"),
                          url: pagerduty.apiUrl,
                          description: TEMPLATES.title,
                          // PagerDuty accepts critical, error, warning and info.
                          severity: '{{ or .CommonLabels.severity "error" }}',
                          details: { alerts: TEMPLATES.text },
                      },
                  ],
              }
            : {}),
        ...(msteams
            ? {
                  msteamsv2_configs: [
                      {
                          ...common,
                          webhook_url_file: file("msteams-url"),
                          title: TEMPLATES.title,
                          text: TEMPLATES.markdown,
                      },
                  ],
              }
            : {}),
    };
}
