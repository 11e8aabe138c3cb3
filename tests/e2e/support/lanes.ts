import { ON_SANDBOX } from "./target";

/** Files that run one after the other on a stack of their own, beside those of other lanes on the same sandbox. */
export interface Lane {
    readonly name: string;
    /** Namespace of its stack. */
    readonly namespace: string;
    /** How the names of its files begin; those of no lane are the first one's. */
    readonly files: readonly string[];
}

/** People type its name, and so do the documents that are followed. */
const MAIN: Lane = { name: "main", namespace: "playground-otel", files: [] };
/** Most of it is waiting for an outage to end. */
const OUTAGE: Lane = { name: "outage", namespace: "outage-otel", files: ["5-durability"] };
/** What a stack has to do with others in its cluster, and other ways to deploy one. */
const FURTHER: Lane = {
    name: "further",
    namespace: "further-otel",
    files: ["5-cluster", "5-destinations", "5-processing", "5-publish", "5-stored-data", "5-tiers", "6-chart"],
};
/** What is measured, which other lanes would disturb, and what ends the sandbox. */
const END: Lane = {
    name: "end",
    namespace: MAIN.namespace,
    files: ["5-guard", "5-policies", "6-removal", "7-interruption"],
};

/** All that runs on a cluster of one's own, in a Namespace beside whatever stack stands there. */
export const OWN_CLUSTER: Lane = { name: "own-cluster", namespace: "e2e-otel", files: [] };

/** The lanes of a stage run side by side, and a stage after the other. */
export const STAGES: readonly (readonly Lane[])[] = [[MAIN, OUTAGE, FURTHER], [END]];
const LANES = [...STAGES.flat(), OWN_CLUSTER];

/** Names the lane of a process; without it, the files run by themselves, on a sandbox that ends with them. */
export const LANE_VARIABLE = "E2E_LANE";

/** The lane of this process. On a cluster of one's own there is no other, however its files are run. */
export const LANE = ON_SANDBOX ? (LANES.find(({ name }) => name === process.env[LANE_VARIABLE]) ?? MAIN) : OWN_CLUSTER;

/** Namespaces of the lanes that run beside this one begin so. */
export const BESIDE = namespacesBeside(process.env[LANE_VARIABLE]);

/** Whether the first of the lane's files tries how a stack is deployed; otherwise its stack is there before them. */
export function deploysItself(lane: Lane = LANE): boolean {
    return lane === OWN_CLUSTER || !isAside(lane);
}

/** Whether the stack is not where a person has it, so that Pulumi's state of it stands aside too. */
export function isAside({ namespace }: Lane = LANE): boolean {
    return namespace !== MAIN.namespace;
}

/** The files of a lane among all. */
export function filesOf(lane: Lane, files: readonly string[]): readonly string[] {
    return files.filter((file) => laneOf(file) === lane);
}

function laneOf(file: string): Lane {
    return STAGES.flat().find((lane) => lane.files.some((start) => file.startsWith(`${start}.`))) ?? MAIN;
}

function namespacesBeside(name: string | undefined): readonly string[] {
    const stage = STAGES.find((lanes) => lanes.some((lane) => lane.name === name)) ?? [];
    return stage.filter((lane) => lane.name !== name).map(({ namespace }) => namespace);
}
