/** Scalars without quotes in a stack file, and the values that Pulumi reads. The end-to-end tests ask Pulumi itself. */
export const SCALARS: readonly (readonly [string, unknown])[] = [
    ["02000", 1024],
    ["10_000", 10000],
    ["yes", "yes"],
    ["off", "off"],
    ["2026-11-01", "2026-11-01 00:00:00 +0000 UTC"],
    ["2026-1-2", "2026-01-02 00:00:00 +0000 UTC"],
    ["2026-13-01", "2026-13-01"],
    ["2026-02-30", "2026-02-30"],
    ["2026-11-01 10:00:00", "2026-11-01 10:00:00 +0000 UTC"],
    ["2026-11-01 10:00:00.50", "2026-11-01 10:00:00.5 +0000 UTC"],
    ["2026-11-01T10:00:00.500-05:00", "2026-11-01 10:00:00.5 -0500 -0500"],
    ["2026-11-01T25:00:00Z", "2026-11-01T25:00:00Z"],
    ["0o17", 15],
    ["0O17", 15],
    ["0x10", 16],
    ["0X10", 16],
    ["0b11", 3],
    ["0B11", 3],
    ["1e3", 1000],
    ["1e400", "1e400"],
    ["08", 8],
    ["1:30", "1:30"],
    ["True", true],
    ["~", null],
    ["# only a comment", null],
    [".5", 0.5],
    ["1_0.5", 10.5],
    ["'02'", "02"],
    ["'2026-11-01'", "2026-11-01"],
    ["!!str 5", "5"],
    ["+5", 5],
    ["-010", -8],
    ["1.0", 1],
    [
        "{ 010: a, 2026-11-01: b, ~: c, 1_0: d }",
        { "8": "a", "2026-11-01 00:00:00 +0000 UTC": "b", "<nil>": "c", "10": "d" },
    ],
];

/** Files of a project, and the settings that Pulumi reads. */
export interface StackFileCase {
    readonly title: string;
    /** `config` and other keys of Pulumi.yaml. */
    readonly project?: string;
    /** Folder of the stack file. */
    readonly folder?: string;
    readonly stackFile: string;
    readonly settings: Readonly<Record<string, unknown>>;
}

export const STACK_FILE_CASES: readonly StackFileCase[] = [
    {
        title: "merge keys and aliases",
        stackFile:
            "config:\n  rolloutTimeout: &t 5m\n  otel-stack:prometheus: &p { retention: 7d, resources: { limits: &l { cpu: 02 } } }\n" +
            "  otel-stack:loki: { <<: [*p], retention: 2d }\n  jaeger: { resources: { limits: { <<: *l, memory: 1Gi } } }\n",
        settings: {
            rolloutTimeout: "5m",
            prometheus: { retention: "7d", resources: { limits: { cpu: 2 } } },
            loki: { retention: "2d", resources: { limits: { cpu: 2 } } },
            jaeger: { resources: { limits: { cpu: 2, memory: "1Gi" } } },
        },
    },
    {
        title: "values and defaults of Pulumi.yaml, which the stack file replaces as a whole",
        project:
            "config:\n  otel-stack:size: { type: string, default: medium }\n" +
            "  otel-stack:prometheus: { value: { retention: 7d } }\n  rolloutTimeout: 5m\n  loki: { value: { retention: 7d } }\n",
        stackFile: "config:\n  loki: { volumeSize: 2Gi }\n",
        settings: {
            size: "medium",
            prometheus: { retention: "7d" },
            rolloutTimeout: "5m",
            loki: { volumeSize: "2Gi" },
        },
    },
    {
        title: "a stack file in stackConfigDir",
        project: "stackConfigDir: stacks\n",
        folder: "stacks",
        stackFile: "config:\n  size: large\n",
        settings: { size: "large" },
    },
    {
        title: "a stack file in the folder that `config` names",
        project: "config: stacks\n",
        folder: "stacks",
        stackFile: "config:\n  size: large\n",
        settings: { size: "large" },
    },
    {
        title: "a key in the former format, an empty section and an empty list of environments",
        stackFile:
            "environment: []\nconfig:\n  otel-stack:config:size: large\n  otel-stack:loki:\n    # retention: 7d\n",
        settings: { size: "large", loki: "" },
    },
];
