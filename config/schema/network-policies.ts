import * as z from "zod";
import { cidrs, integer, booleanType, labelSet, labelSets } from "../types/values";
import { setting } from "./setting";

const LABEL_SETS_HELP =
    "Each entry is a set of labels that such a Namespace carries; its name is `kubernetes.io/metadata.name`.";

/** Who may talk to whom. */
export const networkPolicies = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Whether NetworkPolicies deny the Namespace's pods every connection, in and out, but those that the stack is made of. In a Namespace that the stack did not make they cover the stack's own pods alone. The cluster's network has to enforce them (docs/explanation/threat-model.md).",
        "A learner's pods are let in, and may look at everything.",
    ),
    allowOtlpFrom: setting(
        labelSets.default([]),
        `Namespaces whose pods may send OTLP to the Collector, and to agents that take OTLP: to the secure OTLP listener alone, where \`secureOtlp.enabled\` has one. ${LABEL_SETS_HELP}`,
        "Who sends from elsewhere is named, or is not let in.",
    ),
    allowUiFrom: setting(
        labelSets.default([]),
        `Namespaces whose pods may open Grafana, such as that of an ingress controller. The stores, which ask for no password, stay closed. ${LABEL_SETS_HELP}`,
        "A port-forward needs no rule.",
    ),
    allowScrapeFrom: setting(
        labelSets.default([]),
        `Namespaces whose pods may scrape the Collector's and Jaeger's metrics. Loki, VictoriaLogs and Prometheus offer theirs where they give out all data, and stay closed. ${LABEL_SETS_HELP}`,
        "The stack's own Prometheus scrapes all of them.",
    ),
    apiServerPort: setting(
        integer(1, 65_535).default(6443),
        "Port of the API server itself, behind its Service, for the pods that use it.",
        "What most clusters use; with a managed API server it is often 443.",
    ),
    dns: z
        .strictObject({
            namespace: setting(
                labelSet.default({ "kubernetes.io/metadata.name": "kube-system" }),
                "Labels of the Namespace of the cluster's DNS.",
                "Where most clusters have it; OpenShift's is `openshift-dns`.",
            ),
            pods: setting(
                labelSet.default({ "k8s-app": "kube-dns" }),
                "Labels of its pods.",
                "CoreDNS has kept those of its predecessor; OpenShift's carry `dns.operator.openshift.io/daemonset-dns: default`.",
            ),
            port: setting(
                integer(1, 65_535).default(53),
                "Port on which those pods listen. It may differ from the Service's: a policy sees the pod's.",
                "The Service's, in most clusters; OpenShift's pods have 5353.",
            ),
            cidrs: setting(
                cidrs.default([]),
                "Ranges of addresses outside of pods where DNS answers too, such as 169.254.20.10/32 of a cache on each node.",
                "Most clusters have no such cache.",
            ),
        })
        .prefault({}),
});
