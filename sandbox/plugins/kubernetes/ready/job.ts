import { type JsonObject, numberAt, objectAt } from "../../shared/json";
import { nameOf } from "../object";
import { conditionOf, listBeside, messageOf, ownedBy } from "./common";
import { podReasons } from "./pods";
import { failed, READY, type Readiness, type Related, type Rule, waiting } from "./readiness";

/** Complete, or suspended on purpose. */
export function evaluateJob(job: JsonObject, { pods }: Related): Readiness {
    if (conditionOf(job, "Complete")?.status === "True" || objectAt(job, "spec").suspend === true) {
        return READY;
    }
    const reasons = podReasons(ownedBy(pods, job));
    const failure = conditionOf(job, "Failed");
    if (failure?.status === "True") {
        return failed(messageOf(failure), ...reasons);
    }
    const wanted = numberAt(job, "spec", "completions") ?? 1;
    const succeeded = numberAt(job, "status", "succeeded") ?? 0;
    return waiting(`${succeeded} of ${wanted} completions`, ...reasons);
}

export const JOB: Rule = {
    needs: (job) => [listBeside(job, "pods", `batch.kubernetes.io/job-name=${nameOf(job)}`)],
    evaluate: evaluateJob,
};
