import * as z from "zod";
import { settingDocs, unwrapDefault } from "./setting";

/** Any name in the key of a setting, such as that of a destination. */
export const ANY_NAME = "*";

/** The keys of all settings of a section, such as `destinations.*.endpoint`. */
export function listSettingKeys(section: z.ZodType): readonly string[] {
    return listSettings(section).map(([key]) => key);
}

/** All settings of a section by their keys. */
export function listSettings(section: z.ZodType, path = ""): readonly (readonly [key: string, schema: z.ZodType])[] {
    if (settingDocs.has(section)) {
        return [[path, section]];
    }
    const inner = unwrapDefault(section);
    const children: readonly (readonly [string, unknown])[] =
        inner instanceof z.ZodObject
            ? Object.entries(inner.shape)
            : inner instanceof z.ZodRecord
              ? [[ANY_NAME, inner.valueType]]
              : [];
    return children.flatMap(([name, child]) =>
        child instanceof z.ZodType ? listSettings(child, path === "" ? name : `${path}.${name}`) : [],
    );
}
