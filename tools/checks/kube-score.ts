import { execa } from "execa";
import * as z from "zod";
import { buildTool } from "./build-tool";
import { renderManifests } from "../render/manifests";
import { loadSampleSettings } from "./sample-settings";

/** A kube-score finding that is accepted for a stated reason. */
interface AcceptedFinding {
    /** Id of the kube-score check. */
    readonly check: string;
    /**
     * Names of the workloads with this finding.
     *
     * @default all workloads
     */
    readonly workloads?: readonly string[];
    /**
     * Returns whether the finding is accepted in a stack with these manifests.
     *
     * @default accepted in every stack
     */
    readonly appliesTo?: (manifests: string) => boolean;
    readonly reason: string;
}

const ACCEPTED_FINDINGS: readonly AcceptedFinding[] = [
    {
        check: "container-image-pull-policy",
        reason: "Image tags are exact, so IfNotPresent runs the same image. With Always, every restart requires the registry.",
    },
    {
        check: "container-security-context-user-group-id",
        workloads: ["grafana"],
        reason: "The Grafana image requires user 472. The pod shares no files with a node user of the same id.",
    },
    {
        check: "container-security-context-user-group-id",
        workloads: ["otel-agent"],
        reason: "Only root can read pod log files. The agent has no capabilities and a read-only root file system.",
    },
    {
        check: "deployment-replicas",
        reason: "The default stack fits one small node. collector.replicas is a setting, and the backends are stateful.",
    },
    {
        check: "deployment-strategy",
        workloads: ["jaeger", "loki", "prometheus", "victorialogs"],
        reason: "Backends use the Recreate strategy, because two pods must not write to one volume.",
    },
    {
        check: "horizontalpodautoscaler-replicas",
        reason: "One Collector is enough for low load. collector.autoscaling.minReplicas is a setting.",
    },
    {
        check: "pod-networkpolicy",
        appliesTo: (manifests) => !/^kind: NetworkPolicy$/m.test(manifests),
        reason: "networkPolicies.enabled is false by default, so that any pod can send. When enabled, a policy selects every pod.",
    },
    {
        check: "pod-probes-identical",
        workloads: ["grafana", "jaeger", "otel-agent", "otel-collector", "otel-collector-traces", "otel-events"],
        reason: "The programs have one health endpoint. The liveness probe has a higher failure threshold.",
    },
    {
        check: "statefulset-has-servicename",
        workloads: ["jaeger", "loki", "prometheus", "victorialogs"],
        reason: "Each StatefulSet has one pod, which clients reach through its Service. Pod DNS names are not used.",
    },
];

/** The lowest kube-score grade that is not a finding. */
const GRADE_OK = 10;

const scoreSchema = z.array(
    z.object({
        object_meta: z.object({ name: z.string() }),
        checks: z.array(
            z.object({
                check: z.object({ id: z.string(), comment: z.string() }),
                grade: z.number(),
                skipped: z.boolean(),
                comments: z.array(z.object({ summary: z.string(), path: z.string() })).nullable(),
            }),
        ),
    }),
);

/** Runs kube-score on the manifests of every stack and sample, and prints unaccepted findings and unused exceptions. */
async function main(): Promise<void> {
    const kubeScore = await buildTool("kube-score");
    const needed = new Set<string>();
    for (const [stack, settings] of Object.entries(loadSampleSettings())) {
        const manifests = await renderManifests(settings);
        for (const finding of await runKubeScore(kubeScore, manifests)) {
            const accepted = ACCEPTED_FINDINGS.find((candidate) => matchesFinding(candidate, finding, manifests));
            if (accepted === undefined) {
                console.error(`kube-score, stack ${stack}: ${finding.workload}: ${finding.check}: ${finding.text}`);
                process.exitCode = 1;
            } else {
                needed.add(findingId(accepted, finding.workload));
            }
        }
    }
    const all = ACCEPTED_FINDINGS.flatMap((accepted) =>
        (accepted.workloads ?? [""]).map((workload) => findingId(accepted, workload)),
    );
    for (const id of all.filter((candidate) => !needed.has(candidate))) {
        console.error(`kube-score reports no ${id} in any stack: remove the exception from tools/checks/kube-score.ts`);
        process.exitCode = 1;
    }
}

function findingId({ check, workloads }: AcceptedFinding, workload: string): string {
    return workloads === undefined ? check : `${check} of ${workload}`;
}

function matchesFinding(
    { check, workloads, appliesTo }: AcceptedFinding,
    finding: Finding,
    manifests: string,
): boolean {
    return (
        check === finding.check &&
        (workloads?.includes(finding.workload) ?? true) &&
        (appliesTo === undefined || appliesTo(manifests))
    );
}

interface Finding {
    readonly workload: string;
    readonly check: string;
    readonly text: string;
}

async function runKubeScore(kubeScore: string, manifests: string): Promise<Finding[]> {
    const { stdout } = await execa(kubeScore, ["score", "--output-format", "json", "-"], {
        input: manifests,
        // kube-score also exits non-zero for findings. When it cannot read the manifests, parsing its output fails.
        reject: false,
    });
    return scoreSchema.parse(JSON.parse(stdout)).flatMap(({ object_meta: { name }, checks }) =>
        checks
            .filter(({ skipped, grade }) => !skipped && grade < GRADE_OK)
            .map(({ check, comments }) => {
                const where = (comments ?? []).map((comment) => `${comment.path} ${comment.summary}`.trim()).join("; ");
                return { workload: name, check: check.id, text: where || check.comment };
            }),
    );
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
