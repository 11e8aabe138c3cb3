import { readPki } from "./cluster-pki";

/** Renders the metrics-server objects with keys of this sandbox: the serving certificate and the APIService. */
export function renderMetricsServerObjects(): readonly object[] {
    return [
        {
            apiVersion: "v1",
            kind: "Secret",
            type: "kubernetes.io/tls",
            metadata: { name: "metrics-server", namespace: "kube-system" },
            data: { "tls.crt": readPki("metrics-server.crt"), "tls.key": readPki("metrics-server.key") },
        },
        {
            apiVersion: "apiregistration.k8s.io/v1",
            kind: "APIService",
            metadata: { name: METRICS_API },
            spec: {
                group: "metrics.k8s.io",
                version: "v1beta1",
                groupPriorityMinimum: 100,
                versionPriority: 100,
                service: { name: "metrics-server", namespace: "kube-system" },
                caBundle: readPki("ca.crt"),
            },
        },
    ];
}

/** API for `kubectl top` and HorizontalPodAutoscalers. */
export const METRICS_API = "v1beta1.metrics.k8s.io";
