import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import { parseObjectName, renderSiblingName } from "./resource-names";

/** Permissions on the Kubernetes API. */
export interface ClusterRoleRule {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly ("get" | "list" | "watch")[];
}

export interface ServiceAccountArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
    /** Name of the ClusterRole and its binding, unique in the cluster. */
    readonly clusterRoleName: string;
    readonly rules: readonly ClusterRoleRule[];
}

/** Creates a ServiceAccount with cluster-wide permissions. Its token is mounted only in pods that request it. */
export function createServiceAccount(
    name: string,
    { namespace, labels, clusterRoleName, rules }: ServiceAccountArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const accountName = parseObjectName(name);
    const clusterName = renderSiblingName(name, clusterRoleName);
    const account = new ServiceAccount(
        name,
        { metadata: { name: accountName, namespace, labels: labels.all }, automountServiceAccountToken: false },
        opts,
    );
    const metadata = { name: clusterRoleName, labels: labels.all };
    const clusterRole = new ClusterRole(
        clusterName,
        {
            metadata,
            rules: rules.map(({ apiGroups, resources, verbs }) => ({
                apiGroups: [...apiGroups],
                resources: [...resources],
                verbs: [...verbs],
            })),
        },
        opts,
    );
    const binding = new ClusterRoleBinding(
        clusterName,
        {
            metadata,
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole.metadata.name },
            subjects: [{ kind: "ServiceAccount", name: accountName, namespace }],
        },
        { ...opts, dependsOn: account },
    );
    // Resolves once the permissions are granted. A pod that starts earlier would log errors or exit.
    return binding.subjects.apply(([subject]) => subject?.name ?? accountName);
}
