import * as z from "zod";
import { cidrs } from "../types/cidrs";
import { labelSet, labelSets } from "../types/labels";
import { integer, booleanType } from "../types/values";
import { setting } from "./setting";

const LABEL_SETS_HELP = "Every Namespace has its name as the label `kubernetes.io/metadata.name`.";

/** Settings of the NetworkPolicies. */
export const networkPolicies = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Create NetworkPolicies that deny all ingress and egress of the Namespace's pods except the connections that the stack needs. In a Namespace that the stack did not create, they apply to the stack's pods only. The cluster's network plugin has to enforce them (docs/explanation/threat-model.md).",
    ),
    allowOtlpFrom: setting(
        labelSets.default([]),
        `Labels of Namespaces whose pods may send OTLP to the Collector and to the agents. With \`secureOtlp.enabled\` they may only connect to the secure OTLP listener. ${LABEL_SETS_HELP}`,
    ),
    allowUiFrom: setting(
        labelSets.default([]),
        `Labels of Namespaces whose pods may connect to Grafana, for example an ingress controller. The backends have no authentication and stay closed. ${LABEL_SETS_HELP}`,
    ),
    allowScrapeFrom: setting(
        labelSets.default([]),
        `Labels of Namespaces whose pods may scrape the metrics of the Collector and of Jaeger. Loki, VictoriaLogs and Prometheus serve their metrics on the port that also serves all data, and stay closed. ${LABEL_SETS_HELP}`,
    ),
    apiServerPort: setting(
        integer(1, 65_535).default(6443),
        "Port of the API server's endpoints, for the pods that use the Kubernetes API. With a managed API server it is often 443.",
    ),
    dns: z
        .strictObject({
            namespace: setting(
                labelSet.default({ "kubernetes.io/metadata.name": "kube-system" }),
                "Labels of the Namespace of the cluster's DNS. On OpenShift its name is `openshift-dns`.",
            ),
            pods: setting(
                labelSet.default({ "k8s-app": "kube-dns" }),
                "Labels of the DNS pods. On OpenShift: `dns.operator.openshift.io/daemonset-dns: default`.",
            ),
            port: setting(
                integer(1, 65_535).default(53),
                "Port of the DNS pods, which may differ from the port of the Service. On OpenShift: 5353.",
            ),
            cidrs: setting(
                cidrs.default([]),
                "Additional CIDRs of DNS servers, such as 169.254.20.10/32 of NodeLocal DNSCache.",
            ),
        })
        .prefault({}),
});
