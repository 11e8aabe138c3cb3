import type { PodOptions } from "../../components/kubernetes/pod";
import { parsePlan } from "./settings";

/** What the default settings say about the pods of a workload. */
export const POD_OPTIONS: PodOptions = { ...parsePlan().pods.collector, pullSecrets: [] };
