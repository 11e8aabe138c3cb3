/** The folders of each layer, from the top. A layer imports only what is below it. */
const LAYERS = [
    // extend.ts is a file of the user.
    "^(index|extend)\\.ts$",
    "^components/stack/",
    "^components/(?!(stack|kubernetes|telemetry)/)",
    "^components/(kubernetes|telemetry)/",
    "^config/[^/]+\\.ts$",
    "^config/rules/",
    "^config/model/",
    "^config/schema/",
    "^config/types/",
];

/** The top-level folders outside the layers, and what each may import besides itself. */
const FOLDERS = {
    "component-package": ["^(components|config)/", "^tools/pulumi/start\\.cjs$"],
    "policy-pack": [],
    shop: [],
    sandbox: [],
    tools: ["^index\\.ts$", "^(components|config|sandbox)/"],
    bench: ["^(components|config|sandbox|tools)/"],
    tests: [""],
};

const SOURCES =
    "^((index|extend)\\.ts$|(component-package|components|config|policy-pack|sandbox|tools|bench|tests|shop)/)";

export default {
    forbidden: [
        {
            name: "no-cycle",
            comment: "Move what both modules need into a third one.",
            severity: "error",
            from: {},
            to: { circular: true },
        },
        {
            name: "no-folder-cycle",
            comment: "Folders of components that import each other are one folder.",
            severity: "error",
            scope: "folder",
            from: { path: "^components/[^/]+$" },
            to: { circular: true },
        },
        ...LAYERS.map((from, layer) => ({
            name: "layers",
            comment: "Move what the lower layer needs down.",
            severity: "error",
            from: { path: from },
            to: { path: SOURCES, pathNot: LAYERS.slice(layer) },
        })),
        ...Object.entries(FOLDERS).map(([folder, allowed]) => ({
            name: `imports-of-${folder}`,
            severity: "error",
            from: { path: `^${folder}/` },
            to: { path: SOURCES, pathNot: [`^${folder}/`, ...allowed] },
        })),
        {
            name: "in-a-layer",
            comment: "Give a new folder its place in .dependency-cruiser.mjs.",
            severity: "error",
            from: { path: "\\.ts$", pathNot: [...LAYERS, ...Object.keys(FOLDERS).map((folder) => `^${folder}/`)] },
            to: {},
        },
    ],
    options: {
        doNotFollow: { path: "node_modules" },
        exclude: { path: "^(bin|build|shop/dist|\\.sandbox)/" },
        // Imports of types count as well.
        tsPreCompilationDeps: true,
        tsConfig: { fileName: "tsconfig.json" },
    },
};
