"""Every JSON that hdrgen writes fits its schema in docs/schema, and the schemas refuse what is wrong."""

import copy
import json
import unittest
from pathlib import Path
from typing import Any

import jsonschema

from hdrgen import FIXTURES
from test_surface import CREATE, PROGRAM, Compiled

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"

TYPES = """
enum { LOOSE = -1, OTHER };
enum late;
typedef enum { A1, A2 } named;
typedef int vector __attribute__((vector_size(16)));
typedef struct task *task_ptr;
typedef int odd __attribute__((aligned(16)));
union value { long long wide; float narrow; double d; _Bool flag; char c; };
struct task {
    const volatile char *name; unsigned bits : 3; int : 4; int wide : 20;
    struct { int x; union { int y; char z[4]; }; };
    int (*call)(struct task *, const char *, ...); struct far *far; enum late *late; named kind; vector v; odd o; task_ptr next; union value u;
    void *restrict p; int matrix[2][3]; int tail[];
};
struct empty {};
#define NUMBER 3u
#define NAME "linux"
#define TRUTH ((_Bool)1)
"""


def closed(schema: Any) -> Any:
    """The schema with nothing allowed that it does not describe."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if result.get("type") == "object" and "properties" in result:
        result["additionalProperties"] = False
    return result


def schema_of(name: str) -> dict:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def errors(name: str, value: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(closed(schema_of(name))).iter_errors(value)]


class Schemas(Compiled):
    def fits(self, name: str, text: bytes) -> Any:
        value = json.loads(text)
        self.assertEqual(errors(name, value), [])
        self.assertEqual(list(jsonschema.Draft202012Validator(schema_of(name)).iter_errors(value)), [])
        return value

    def test_each_is_a_schema(self) -> None:
        names = {path.stem for path in SCHEMAS.glob("*.json")}
        self.assertEqual(names, {"types", "list", "layout", "diff", "surface", "check", "check-kernels", "commands"})
        for name in names:
            self.assertEqual(schema_of(name)["$id"], f"urn:hdrgen:schema:{name}:1")

    def test_types(self) -> None:
        self.write("x.h", TYPES)
        value = self.fits("types", self.good("--header", "x.h", "-e", "json", "--macros", "*", "--pointers", "follow").out)
        kinds = {entry["kind"] for entry in value["types"]}
        self.assertLessEqual({"int", "char", "bool", "float", "pointer", "array", "struct", "union", "enum", "typedef", "function"}, kinds)
        self.assertEqual({macro["kind"] for macro in value["macros"] if macro["name"] in ("NUMBER", "NAME", "TRUTH")}, {"int", "string", "bool"})
        self.fits("types", self.good("show", "struct task", "--header", "x.h", "--format", "json").out)
        for question in (["--expand"], ["--offset", "0"]):
            self.fits("layout", self.good("show", "struct task", "--header", "x.h", "--format", "json", *question).out)
        self.fits("list", self.good("list", "--header", "x.h", "--format", "json", "--sort", "size").out)
        self.fits("list", self.good("list", "--header", "x.h", "--format", "json", "--contains", "union value").out)
        self.fits("types", self.good("--header", "x.h", "-e", "json", "--target", "s390x-linux-gnu").out)
        self.fits("types", self.good("--header", "x.h", "-e", "json", "--target", "arm-linux-gnueabi").out)
        self.good("--header", "x.h", "-o", "x.btf")
        self.fits("types", self.good("--btf", "x.btf", "-e", "json").out)
        self.fits("list", self.good("list", "--btf", "x.btf", "--format", "json").out)
        listed = self.fits("list", self.good("list", "--header", "x.h", "--format", "json").out)
        self.assertIn("LOOSE", [entry.get("enumerator") for entry in listed["types"]])

    def test_tags_and_opaque_types(self) -> None:
        self.write("x.h", 'struct t { int __attribute__((btf_decl_tag("d"))) a; int __attribute__((btf_type_tag("user"))) *p; }'
                          ' __attribute__((btf_decl_tag("r")));\nstruct o { __fp16 *h; _Complex float c; void (*k)(void) __attribute__((ms_abi)); };\n')
        self.fits("types", self.good("--header", "x.h", "-e", "json").out)

    def test_diff(self) -> None:
        self.write("l.h", "struct s { int a, b; int c[3]; unsigned d : 3; char *e; };\nenum e { E1, E2 };\nstruct l { int x; };\ntypedef int t;\n"
                          "struct n { int q; };\nenum g { G1 };\nunion u { int a; };\n")
        self.write("r.h", "struct s { long a; char b; int c[4]; unsigned d : 5; long e; int f; };\nenum e { E1, E2 = 7, E3 };\nstruct r { int x; };\n"
                          "typedef long t;\nstruct n { long z[4]; };\nenum g { G1 = -1 };\nunion u { int a; char b[32]; };\n")
        result = self.run_hdrgen("diff", "--header", "l.h", "--header", "r.h", "--format", "json")
        self.assertEqual(result.status, 1)
        value = self.fits("diff", result.out)
        seen = {change["what"] for change in value["changes"]}
        known = set(schema_of("diff")["properties"]["changes"]["items"]["properties"]["what"]["enum"])
        self.assertGreaterEqual(len(seen & known), 12, known - seen)
        self.fits("diff", self.good("diff", "--header", "l.h", "--header", "l.h", "--format", "json").out)
        stat = self.fits("diff", self.run_hdrgen("diff", "--stat", "--header", "l.h", "--header", "r.h", "--format", "json").out)
        self.assertLess(set(stat["counts"]) - {"grown", "shrunk"}, known)
        self.assertNotIn("changes", stat)

    def test_surface(self) -> None:
        before, after = self.kernel("before"), self.kernel("after", more=CREATE)
        for more in ([], ["--stat"]):
            result = self.run_hdrgen("diff", "--surface", "--btf", before, "--btf", after, "--format", "json", *more)
            self.assertEqual(result.status, 1, result.err)
            value = self.fits("surface", result.out)
            self.assertEqual("changes" in value, not more)
        self.fits("surface", self.good("diff", "--surface", "--btf", before, "--btf", before, "--format", "json").out)

    def test_check(self) -> None:
        kernel, other = self.kernel("kernel"), self.kernel("other", more=CREATE)
        program = self.compile("prog", PROGRAM + 'SEC("fentry/vfs_create") int on(u64 *c) { struct inode *i = (void *)c[0]; return i->i_ino + cpu(); }\n'
                               'SEC("kprobe/vfs_read") int k(struct pt_regs *r) { return __builtin_preserve_field_info(((struct file *)r->di)->f_inode, 2); }\n'
                               'char _license[] SEC("license") = "GPL";\n')
        for btf in (kernel, other):
            for loader in ("libbpf", "aya", "both"):
                result = self.run_hdrgen("check", program, "--btf", btf, "--loader", loader, "--format", "json")
                self.assertIn(result.status, (0, 1), result.err)
                value = self.fits("check", result.out)
                self.assertTrue(value["objects"][0]["relocations"] and value["objects"][0]["dependencies"])
        result = self.run_hdrgen("check", program, "--btf", kernel, "--btf", other, "--format", "json")
        self.assertEqual(result.status, 1, result.err)
        self.assertEqual(len(self.fits("check-kernels", result.out)["kernels"]), 2)

    def test_commands(self) -> None:
        tree = str(FIXTURES / "mini")
        result = self.run_hdrgen("flags", "--kernel", tree, "--arch", "x86", "--sources", "--format", "json")
        self.assertEqual(result.status, 0, result.err)
        self.fits("commands", result.out)

    def test_wrong_output_is_refused(self) -> None:
        """Each schema refuses each of these faults, planted into a real output."""
        self.write("x.h", TYPES)
        types = self.fits("types", self.good("--header", "x.h", "-e", "json").out)
        record = next(i for i, entry in enumerate(types["types"]) if entry.get("name") == "task" and entry["kind"] == "struct")

        def planted(*path: Any, value: Any = None, drop: bool = False) -> list[str]:
            wrong = copy.deepcopy(types)
            at = wrong
            for key in path[:-1]:
                at = at[key]
            if drop:
                del at[path[-1]]
            else:
                at[path[-1]] = value
            return errors("types", wrong)

        entry = ("types", record)
        for path, value in (((*entry, "size"), "16"), ((*entry, "size"), -1), ((*entry, "kind"), "record"), ((*entry, "align"), 0),
                            ((*entry, "members", 0, "bit_offset"), None), ((*entry, "members", 0, "bit_offset"), 1.5),
                            ((*entry, "members", 0, "quals"), []), ((*entry, "members", 0, "bitfield"), False),
                            (("target", "endian"), "middle"), (("hdrgen_json",), 2), (("roots",), [-1]), (("extra",), 1),
                            ((*entry, "offset"), 3)):
            self.assertNotEqual(planted(*path, value=value), [], (path, value))
        for path in ((*entry, "size"), (*entry, "members"), (*entry, "members", 1, "type"), ("roots",), ("target", "long_size")):
            self.assertNotEqual(planted(*path, drop=True), [], path)
        self.assertNotEqual(errors("list", {"hdrgen_list": 1, "types": [{"kind": "struct", "name": "s", "size": "4", "file": None, "line": None}]}), [])
        self.assertNotEqual(errors("list", {"hdrgen_json": 1, "types": []}), [])
        diff = {"hdrgen_diff": 1, "left": "", "right": "", "compared": 0, "identical": 0, "changed": 0, "namesakes": 0, "left_only": 0,
                "right_only": 0, "changes": [{"type": "struct s", "what": "size", "left": 1, "right": 2}]}
        self.assertEqual(errors("diff", diff), [])
        self.assertNotEqual(errors("diff", {key: value for key, value in diff.items() if key != "changes"}), [])
        for change in ({"type": "struct s", "what": "shape", "left": 1, "right": 2}, {"type": "struct s", "what": "size", "left": 1},
                       {"type": None, "what": "namesake"}):
            self.assertNotEqual(errors("diff", {**diff, "changes": [change]}), [])
        for name in ("surface", "check", "check-kernels", "commands"):
            self.assertNotEqual(errors(name, {}), [])
            self.assertNotEqual(errors(name, types), [])


if __name__ == "__main__":
    unittest.main()
