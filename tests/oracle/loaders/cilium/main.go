// What cilium/ebpf's own code makes of BTF, and of the CO-RE relocations of an object.
//
//	cilium-judge parse FILE...         each BTF: `fine FILE`, or `refused FILE: words`
//	cilium-judge relocate OBJECT BTF
//
// `relocate` prints a line for each relocation that is in a function, section by section:
//
//	SECTION OFFSET KIND FUNCTION INSN patched VALUE OPCODE
//	SECTION OFFSET KIND FUNCTION INSN poison
//	SECTION OFFSET KIND FUNCTION INSN gave up: words
//
// VALUE is what the instruction holds afterwards. The relocations of one function are computed together, for the loader picks the
// target by all of a type's; it gives up on all of them at once. Calls are not followed.
package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"sort"

	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/btf"
)

type function struct {
	name       string
	start, end uint64
}

func functions(file *elf.File, section int) ([]function, error) {
	symbols, err := file.Symbols()
	if err != nil {
		return nil, err
	}
	var list []function
	for _, symbol := range symbols {
		if elf.ST_TYPE(symbol.Info) == elf.STT_FUNC && int(symbol.Section) == section {
			list = append(list, function{symbol.Name, symbol.Value, symbol.Value + symbol.Size})
		}
	}
	sort.Slice(list, func(a, b int) bool { return list[a].start < list[b].start })
	return list, nil
}

// One relocation, with the instruction that it is of.
type place struct {
	relocation *btf.CORERelocation
	insn       *asm.Instruction
	offset     uint64
	words      string
}

func apply(places []place, target *btf.Spec, local *btf.Spec, order binary.ByteOrder) ([]string, error) {
	var relocations []*btf.CORERelocation
	for _, p := range places {
		relocations = append(relocations, p.relocation)
	}
	fixups, err := btf.CORERelocate(relocations, []*btf.Spec{target}, order, local.TypeID)
	if err != nil {
		return nil, err
	}
	var results []string
	for i, fixup := range fixups {
		insn := places[i].insn
		if err := fixup.Apply(insn); err != nil {
			return nil, err
		}
		if insn.Constant == btf.COREBadRelocationSentinel {
			results = append(results, "poison")
			continue
		}
		value := uint64(insn.Constant)
		switch insn.OpCode.Class() {
		case asm.LdXClass, asm.StClass, asm.StXClass:
			value = uint64(uint16(insn.Offset))
		case asm.ALUClass, asm.ALU64Class:
			value = uint64(uint32(insn.Constant))
		}
		results = append(results, fmt.Sprintf("patched %d %#x", value, uint8(insn.OpCode)))
	}
	return results, nil
}

func relocateFunction(section string, f function, code []byte, infos btf.CORERelocationOffsets, target, local *btf.Spec, order binary.ByteOrder) error {
	insns, err := asm.AppendInstructions(nil, bytes.NewReader(code[f.start:f.end]), order, "linux")
	if err != nil {
		return err
	}
	var places []place
	iter := insns.Iterate()
	for iter.Next() {
		offset := f.start + uint64(iter.Offset)*8
		for _, info := range infos {
			if uint64(info.Offset)*8 == offset {
				places = append(places, place{relocation: info.Relo, insn: iter.Ins, offset: offset})
			}
		}
	}
	if len(places) == 0 {
		return nil
	}
	results, err := apply(places, target, local, order)
	for i, p := range places {
		words := ""
		if err != nil {
			words = fmt.Sprintf("gave up: %v", err)
		} else {
			words = results[i]
		}
		fmt.Printf("%s %d 0 %s %d %s\n", section, p.offset, f.name, (p.offset-f.start)/8, words)
	}
	return nil
}

func relocate(object, btfPath string) error {
	raw, err := os.ReadFile(object)
	if err != nil {
		return err
	}
	local, infos, err := btf.LoadSpecAndExtInfosFromReader(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	target, err := btf.LoadSpec(btfPath)
	if err != nil {
		return err
	}
	file, err := elf.NewFile(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	for index, section := range file.Sections {
		_, _, relocations := infos.Section(section.Name)
		if len(relocations) == 0 {
			continue
		}
		code, err := section.Data()
		if err != nil {
			return err
		}
		list, err := functions(file, index)
		if err != nil {
			return err
		}
		for _, f := range list {
			if err := relocateFunction(section.Name, f, code, relocations, target, local, file.ByteOrder); err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
		}
	}
	fmt.Println("whole fine")
	return nil
}

func parse(path string) string {
	spec, err := btf.LoadSpec(path)
	if err != nil {
		return fmt.Sprintf("refused %s: %v", path, err)
	}
	// Types are read when they are asked for.
	for typ, err := range spec.All() {
		if err != nil {
			return fmt.Sprintf("refused %s: %v: %v", path, typ, err)
		}
	}
	return "fine " + path
}

func main() {
	words := os.Args[1:]
	switch {
	case len(words) > 1 && words[0] == "parse":
		for _, path := range words[1:] {
			fmt.Println(parse(path))
		}
	case len(words) == 3 && words[0] == "relocate":
		if err := relocate(words[1], words[2]); err != nil {
			fmt.Fprintln(os.Stderr, "cilium-judge: error:", err)
			os.Exit(2)
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: cilium-judge parse FILE... | relocate OBJECT BTF")
		os.Exit(2)
	}
}
