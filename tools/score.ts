import { execa } from "execa";
import * as z from "zod";
import { lintProgram } from "./lint-program";
import { manifestsWith } from "./manifests";
import { allSettings } from "./variants";

/** A finding of kube-score that the stack lives with. */
interface Accepted {
    /** Its id. */
    readonly check: string;
    /** The workloads that it is accepted of; all of them by default. */
    readonly of?: readonly string[];
    /** Whether it is accepted of the stack with those manifests; of every stack by default. */
    readonly where?: (manifests: string) => boolean;
    readonly why: string;
}

const ACCEPTED: readonly Accepted[] = [
    {
        check: "container-image-pull-policy",
        why: "Tags are exact, so that IfNotPresent gets the same image; Always would tie every restart to the registry.",
    },
    {
        check: "container-security-context-user-group-id",
        of: ["grafana"],
        why: "Its image is made for its user 472; on a node that has a user of that number, nothing is shared with it.",
    },
    {
        check: "container-security-context-user-group-id",
        of: ["otel-agent"],
        why: "The files of pods' logs belong to root, and nobody else may read them; it has no capability, and writes nothing else.",
    },
    {
        check: "deployment-replicas",
        why: "A playground fits one small node; collector.replicas is a setting, the backends keep state.",
    },
    {
        check: "deployment-strategy",
        of: ["jaeger", "loki", "prometheus", "victorialogs"],
        why: "They are rolled by Recreate: two of them would write to one store.",
    },
    {
        check: "horizontalpodautoscaler-replicas",
        why: "One Collector is enough for a quiet stack; collector.autoscaling.minReplicas is a setting.",
    },
    {
        check: "pod-networkpolicy",
        where: (manifests) => !/^kind: NetworkPolicy$/m.test(manifests),
        why: "Policies are a setting, off where learners work: their pods are let in. Where it is on, every pod has one.",
    },
    {
        check: "pod-probes-identical",
        of: ["grafana", "jaeger", "otel-agent", "otel-collector", "otel-collector-traces", "otel-events"],
        why: "They have one health endpoint; the liveness probe is the more patient one.",
    },
    {
        check: "statefulset-has-servicename",
        of: ["jaeger", "loki", "prometheus", "victorialogs"],
        why: "Each is one pod, reached by its Service: nobody asks for that pod by a name of its own.",
    },
];

/** Where kube-score's grades start to be no finding. */
const GRADE_OK = 10;

const score = z.array(
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
    const kubeScore = await lintProgram("kube-score");
    const needed = new Set<string>();
    for (const [stack, settings] of Object.entries(allSettings())) {
        const manifests = await manifestsWith(settings);
        for (const finding of await findingsIn(kubeScore, manifests)) {
            const accepted = ACCEPTED.find((candidate) => covers(candidate, finding, manifests));
            if (accepted === undefined) {
                console.error(`kube-score, stack ${stack}: ${finding.workload}: ${finding.check}: ${finding.text}`);
                process.exitCode = 1;
            } else {
                needed.add(idOf(accepted, finding.workload));
            }
        }
    }
    const all = ACCEPTED.flatMap((accepted) => (accepted.of ?? [""]).map((workload) => idOf(accepted, workload)));
    for (const id of all.filter((candidate) => !needed.has(candidate))) {
        console.error(`kube-score finds no ${id} in any stack: tools/score.ts need not accept it`);
        process.exitCode = 1;
    }
}

function idOf({ check, of }: Accepted, workload: string): string {
    return of === undefined ? check : `${check} of ${workload}`;
}

function covers({ check, of, where }: Accepted, finding: Finding, manifests: string): boolean {
    return (
        check === finding.check && (of?.includes(finding.workload) ?? true) && (where === undefined || where(manifests))
    );
}

interface Finding {
    readonly workload: string;
    readonly check: string;
    readonly text: string;
}

async function findingsIn(kubeScore: string, manifests: string): Promise<Finding[]> {
    const { stdout } = await execa(kubeScore, ["score", "--output-format", "json", "-"], {
        input: manifests,
        // It fails for findings as well as for manifests that it cannot read, which then are no JSON.
        reject: false,
    });
    return score.parse(JSON.parse(stdout)).flatMap(({ object_meta: { name }, checks }) =>
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
