import * as path from "node:path";
import { execa } from "execa";
import * as z from "zod";
import { LINT_MODULES } from "../sandbox/programs";
import { provideProgram } from "../sandbox/up";
import { manifestsOf } from "./manifests";
import { stackNames } from "./stack";

/** Findings of kube-score that the stack lives with, by their ids, each with its reason. */
const ACCEPTED: Readonly<Record<string, string>> = {
    "container-image-pull-policy":
        "Tags are exact, so that IfNotPresent gets the same image; Always would tie every restart to the registry.",
    "container-security-context-user-group-id":
        "Grafana's image is made for its user 472; on a node that has a user of that number, nothing is shared with it.",
    "deployment-replicas":
        "A playground fits one small node; collector.replicas is a setting, the backends keep state.",
    "deployment-strategy": "Jaeger and Prometheus are rolled by Recreate: two of them would write to one store.",
    "pod-networkpolicy": "NetworkPolicies are not part of the stack yet; a learner's pods are let in.",
    "pod-probes-identical":
        "Collector and Jaeger have one health endpoint; the liveness probe is the more patient one.",
    "statefulset-has-servicename":
        "A store has one pod behind its Service, and nobody needs a name for that pod; the Collector's pods have a headless one.",
};

/** Where kube-score's grades start to be no finding. */
const GRADE_OK = 10;

const score = z.array(
    z.object({
        object_name: z.string(),
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

/** Has kube-score look at the manifests of every stack, and prints what is neither fine nor accepted. */
async function main(): Promise<void> {
    const [module] = LINT_MODULES;
    if (module === undefined) {
        throw new Error("sandbox/programs.ts names no module for lint");
    }
    const kubeScore = path.join(await provideProgram(module), "kube-score");
    for (const stack of stackNames()) {
        for (const finding of await findingsOf(kubeScore, stack)) {
            console.error(finding);
            process.exitCode = 1;
        }
    }
}

async function findingsOf(kubeScore: string, stack: string): Promise<string[]> {
    const { stdout } = await execa(kubeScore, ["score", "--output-format", "json", "-"], {
        input: await manifestsOf(stack),
        // It fails for findings as well as for manifests that it cannot read, which then are no JSON.
        reject: false,
    });
    return score.parse(JSON.parse(stdout)).flatMap(({ object_name: name, checks }) =>
        checks
            .filter(({ skipped, grade, check }) => !skipped && grade < GRADE_OK && !(check.id in ACCEPTED))
            .map(({ check, comments }) => {
                const where = (comments ?? []).map((comment) => `${comment.path} ${comment.summary}`.trim()).join("; ");
                return `kube-score, stack ${stack}: ${name}: ${check.id}: ${where || check.comment}`;
            }),
    );
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
