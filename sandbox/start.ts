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

/** How long the cache keeps programs that nothing uses. */
const CACHE_TTL_DAYS = 30;

/**
 * Builds what is missing and starts the sandbox, of two nodes where the variable NODES says so. Nothing happens where it
 * runs already, but that a node is added that is asked for and not there.
 */
export async function ensureSandbox(): Promise<void> {
    const nodeCount = parseNodeCount(process.env);
    const version = await requireGo();
    const present = isRunning();
    const healthy = present && (await isHealthy());
    if (present && !healthy) {
        console.log(
            "The sandbox that is there never got ready or does not answer: a new one replaces it, without its stacks.",
        );
    }
    const unbuilt = SANDBOX_MODULES.filter((module) => !isBuilt(module, version));
    const tasks: ListrTask[] = [packagesTask(), ...buildTasks(unbuilt, version)];
    if (!isPrometheusUiBuilt()) {
        tasks.push(timedTask("Build Prometheus' web UI", buildPrometheusUi));
    }
    const folders = (): Promise<ProgramFolders> => buildPrograms(version);
    if (healthy) {
        tasks.push(
            timedTask("Load what is new of the images", async () => loadImages(await packImages(await folders()))),
        );
    } else {
        tasks.push(...startTasks(folders));
    }
    if (nodeCount === 2) {
        tasks.push({
            ...timedTask(`Start node ${SECOND_NODE.name} (its logs: ${SECOND_NODE.folder}/logs)`, async () => {
                await startSecondNode();
                await loadImages(await packImages(await folders()));
                await waitForNodeReady(SECOND_NODE);
            }),
            enabled: () => !runningNodes().includes(SECOND_NODE),
        });
    }
    tasks.push({
        title: "Pulumi's plugins",
        task: async (_, task) => {
            task.title = `Pulumi's plugins: ${await providePlugins()}`;
        },
    });
    await runTasks(tasks);
    removeUnused(CACHE_TTL_DAYS);
}

/** Builds programs that a check needs beside the sandbox, and returns their folder. */
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
            // Where lines can't be written over, one line a part is enough.
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
        timedTask(
            `Start the node (its logs: ${LOGS}), and have ${ADDRESS_RANGE} reach nothing else from here`,
            async () => {
                await startFirstNode(await folders());
            },
        ),
        timedTask("Load the images, wait for the API server", async () => {
            await Promise.all([waitForApi(), loadImages(images)]);
        }),
        timedTask("Wait for the node and its DNS", waitForCluster),
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
