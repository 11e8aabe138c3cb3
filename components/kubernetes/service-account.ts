import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import { parseObjectName, renderSiblingName } from "./resource-names";

/** What may be done on the cluster's API. */
export interface ClusterRoleRule {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly ("get" | "list" | "watch")[];
}

export interface ServiceAccountArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
    /** Name of the ClusterRole and its binding, which no other stack of the cluster may have. */
    readonly clusterRoleName: string;
    readonly rules: readonly ClusterRoleRule[];
}

/** A ServiceAccount of that name with those rights in the whole cluster. Pods that use it ask for its token themselves. */
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
    // Known once the account may do what it is for: a pod that starts before that would complain, or end.
    return binding.subjects.apply(([subject]) => subject?.name ?? accountName);
}
