import { execa } from "execa";
import * as z from "zod";
import { buildTool } from "./build-tool";
import { renderManifests } from "../render/manifests";
import { loadSampleSettings } from "./sample-settings";

/** A finding of kube-score that the stack lives with. */
interface AcceptedFinding {
    /** Its id. */
    readonly check: string;
    /** The workloads that it is accepted of; all of them by default. */
    readonly workloads?: readonly string[];
    /** Whether it is accepted of the stack with those manifests; of every stack by default. */
    readonly appliesTo?: (manifests: string) => boolean;
    readonly reason: string;
}

const ACCEPTED_FINDINGS: readonly AcceptedFinding[] = [
    {
        check: "container-image-pull-policy",
        reason: "Tags are exact, so that IfNotPresent gets the same image; Always would tie every restart to the registry.",
    },
    {
        check: "container-security-context-user-group-id",
        workloads: ["grafana"],
        reason: "Its image is made for its user 472; on a node that has a user of that number, nothing is shared with it.",
    },
    {
        check: "container-security-context-user-group-id",
        workloads: ["otel-agent"],
        reason: "The files of pods' logs belong to root, and nobody else may read them; it has no capability, and writes nothing else.",
    },
    {
        check: "deployment-replicas",
        reason: "A playground fits one small node; collector.replicas is a setting, the backends keep state.",
    },
    {
        check: "deployment-strategy",
        workloads: ["jaeger", "loki", "prometheus", "victorialogs"],
        reason: "They are rolled by Recreate: two of them would write to one store.",
    },
    {
        check: "horizontalpodautoscaler-replicas",
        reason: "One Collector is enough for a quiet stack; collector.autoscaling.minReplicas is a setting.",
    },
    {
        check: "pod-networkpolicy",
        appliesTo: (manifests) => !/^kind: NetworkPolicy$/m.test(manifests),
        reason: "Policies are a setting, off where learners work: their pods are let in. Where it is on, every pod has one.",
    },
    {
        check: "pod-probes-identical",
        workloads: ["grafana", "jaeger", "otel-agent", "otel-collector", "otel-collector-traces", "otel-events"],
        reason: "They have one health endpoint; the liveness probe is the more patient one.",
    },
    {
        check: "statefulset-has-servicename",
        workloads: ["jaeger", "loki", "prometheus", "victorialogs"],
        reason: "Each is one pod, reached by its Service: nobody asks for that pod by a name of its own.",
    },
];

/** Where kube-score's grades start to be no finding. */
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

/** Has kube-score look at the manifests of every stack and of some variants, and prints what is neither fine nor accepted. */
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
        console.error(`kube-score finds no ${id} in any stack: tools/checks/kube-score.ts need not accept it`);
        process.exitCode = 1;
    }
}

function findingId({ check, workloads: of }: AcceptedFinding, workload: string): string {
    return of === undefined ? check : `${check} of ${workload}`;
}

function matchesFinding(
    { check, workloads: of, appliesTo: where }: AcceptedFinding,
    finding: Finding,
    manifests: string,
): boolean {
    return (
        check === finding.check && (of?.includes(finding.workload) ?? true) && (where === undefined || where(manifests))
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
        // It fails for findings as well as for manifests that it cannot read, which then are no JSON.
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
