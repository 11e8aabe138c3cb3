import type { ClaimUsage } from "../../config/model/stored-data";

/** Runs kubectl with these arguments on the cluster of the stack, and returns its output. */
export type RunKubectl = (args: readonly string[]) => Promise<string>;

/** Returns the used bytes of the claims in a Namespace by their name, as far as they are known. */
export type MeasureClaims = (namespace: string) => Promise<ClaimUsage>;

interface PodList {
    readonly items: readonly {
        readonly spec: {
            readonly nodeName?: string;
            readonly volumes?: readonly { readonly persistentVolumeClaim?: object }[];
        };
    }[];
}

/** The part of the kubelet's summary that describes volumes. */
interface KubeletSummary {
    readonly pods: readonly {
        readonly volume?: readonly {
            readonly usedBytes?: number;
            readonly pvcRef?: { readonly name: string; readonly namespace: string };
        }[];
    }[];
}

/**
 * Asks the kubelets of the nodes whose pods use claims. The statistics are about a minute old, and a claim that no pod
 * uses has none. Reading them requires the permission `nodes/proxy`, which not every user has: what cannot be read is
 * unknown.
 */
export async function readClaimUsage(namespace: string, kubectl: RunKubectl): Promise<ClaimUsage> {
    try {
        const pods = await kubectl(["get", "pods", `--namespace=${namespace}`, "--output=json"]);
        const nodes = (JSON.parse(pods) as PodList).items
            .filter(({ spec }) => spec.volumes?.some((volume) => volume.persistentVolumeClaim !== undefined))
            .flatMap(({ spec }) => spec.nodeName ?? []);
        const summaries = await Promise.allSettled(
            [...new Set(nodes)].map(async (node) => {
                const summary = await kubectl(["get", `--raw=/api/v1/nodes/${node}/proxy/stats/summary`]);
                return listUsedBytes(JSON.parse(summary) as KubeletSummary, namespace);
            }),
        );
        return new Map(summaries.flatMap((result) => (result.status === "fulfilled" ? result.value : [])));
    } catch {
        return new Map();
    }
}

function listUsedBytes({ pods }: KubeletSummary, namespace: string): readonly (readonly [string, number])[] {
    return pods
        .flatMap(({ volume = [] }) => volume)
        .flatMap(({ pvcRef, usedBytes }) =>
            pvcRef?.namespace === namespace && usedBytes !== undefined ? [[pvcRef.name, usedBytes] as const] : [],
        );
}
