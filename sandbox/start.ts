import { Listr, type ListrTask } from "listr2";
import { build, isBuilt, type ProgramFolders, removeUnused, requireGo } from "./build";
import {
    startSecondNode,
    isHealthy,
    isRunning,
    loadImages,
    runningNodes,
    startFirstNode,
    waitForApi,
    waitForCluster,
    waitForNodeReady,
} from "./cluster";
import { packImages } from "./images";
import { installPackages, findMissingPackages } from "./system-packages";
import { parseNodeCount, SECOND_NODE } from "./nodes";
import { LOGS } from "./directories";
import { providePlugins } from "./pulumi-plugins";
import { type GoModule, SANDBOX_MODULES } from "./go-modules";
import { createBuildProgress, formatDuration } from "./progress";
import { buildPrometheusUi, isPrometheusUiBuilt } from "./prometheus-ui";
import { ADDRESS_RANGE } from "./routes";

/** Days after which unused programs are deleted from the cache. */
const CACHE_TTL_DAYS = 30;

/**
 * Builds missing programs and starts the sandbox, with two nodes if the variable NODES is 2. If the sandbox is healthy,
 * only loads new images and adds a missing node.
 */
export async function ensureSandbox(): Promise<void> {
    const nodeCount = parseNodeCount(process.env);
    const version = await requireGo();
    const present = isRunning();
    const healthy = present && (await isHealthy());
    if (present && !healthy) {
        console.log("The existing sandbox is not ready or does not respond. Replacing it; its stacks are lost.");
    }
    const unbuilt = SANDBOX_MODULES.filter((module) => !isBuilt(module, version));
    const tasks: ListrTask[] = [packagesTask(), ...buildTasks(unbuilt, version)];
    if (!isPrometheusUiBuilt()) {
        tasks.push(timedTask("Build the Prometheus web UI", buildPrometheusUi));
    }
    const folders = (): Promise<ProgramFolders> => buildPrograms(version);
    if (healthy) {
        tasks.push(timedTask("Load new images", async () => loadImages(await packImages(await folders()))));
    } else {
        tasks.push(...startTasks(folders));
    }
    if (nodeCount === 2) {
        tasks.push({
            ...timedTask(`Start node ${SECOND_NODE.name} (logs: ${SECOND_NODE.folder}/logs)`, async () => {
                await startSecondNode();
                await loadImages(await packImages(await folders()));
                await waitForNodeReady(SECOND_NODE);
            }),
            enabled: () => !runningNodes().includes(SECOND_NODE),
        });
    }
    tasks.push({
        title: "Pulumi plugins",
        task: async (_, task) => {
            task.title = `Pulumi plugins: ${await providePlugins()}`;
        },
    });
    await runTasks(tasks);
    removeUnused(CACHE_TTL_DAYS);
}

/** Builds the programs of a module unless they are cached, shows the progress, and returns their folder. */
export async function buildModule(module: GoModule): Promise<string> {
    const version = await requireGo();
    if (!isBuilt(module, version)) {
        await runTasks(buildTasks([module], version));
    }
    return build(module, version);
}

function packagesTask(): ListrTask {
    return {
        title: "System packages",
        enabled: () => findMissingPackages().length > 0,
        task: async (_, task) => {
            task.title = `System packages: installing ${findMissingPackages().join(", ")}`;
            await installPackages(findMissingPackages());
        },
    };
}

function buildTasks(modules: readonly GoModule[], version: string): ListrTask[] {
    const progress = createBuildProgress(modules);
    return modules.map((module) => ({
        title: `Build ${module.title}`,
        task: async (_, task): Promise<void> => {
            const showProgress = (): void => {
                task.title = `Build ${module.title} (${progress.describe(module)})`;
            };
            showProgress();
            // Without a terminal, every update would print a new line.
            const ticker = process.stdout.isTTY ? setInterval(showProgress, 1000) : undefined;
            try {
                await build(module, version);
            } finally {
                clearInterval(ticker);
            }
            task.title = `Build ${module.title} (${progress.finish(module)})`;
        },
    }));
}

function startTasks(folders: () => Promise<ProgramFolders>): ListrTask[] {
    let images: readonly string[] = [];
    return [
        timedTask("Pack the images", async () => {
            images = await packImages(await folders());
        }),
        timedTask(`Start the node (logs: ${LOGS}) and block the rest of ${ADDRESS_RANGE} on this machine`, async () => {
            await startFirstNode(await folders());
        }),
        timedTask("Load the images and wait for the API server", async () => {
            await Promise.all([waitForApi(), loadImages(images)]);
        }),
        timedTask("Wait for the node and DNS", waitForCluster),
    ];
}

function timedTask(title: string, work: () => Promise<unknown>): ListrTask {
    return {
        title,
        task: async (_, task) => {
            const started = Date.now();
            await work();
            task.title = `${title} (${formatDuration(Date.now() - started)})`;
        },
    };
}

async function buildPrograms(version: string): Promise<ProgramFolders> {
    const folders = new Map<string, string>();
    for (const module of SANDBOX_MODULES) {
        const folder = await build(module, version);
        Object.keys(module.programs).forEach((program) => folders.set(program, folder));
    }
    return folders;
}

async function runTasks(tasks: ListrTask[]): Promise<void> {
    await new Listr(tasks, {
        concurrent: false,
        exitOnError: true,
        fallbackRenderer: "simple",
        rendererOptions: { collapseErrors: false },
    }).run();
}
