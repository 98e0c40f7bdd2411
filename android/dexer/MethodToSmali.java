import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.BasicInterpreter;
import org.objectweb.asm.tree.analysis.BasicValue;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * One method. Each word of Java's operand stack has a register, from v0 on; two more serve as scratch; then come the local
 * variables, and last, as DEX has it, the parameters.
 */
final class MethodToSmali {
  /** Most instructions reach the first 16 registers only, and these work on the operand stack. */
  private static final int REACHED_BY_ALL = 16;
  /** The others reach 256, but for moves, which reach all. */
  private static final int REACHED_BY_SOME = 256;

  private static final int SCRATCH = 2;

  final String owner;
  private final MethodNode method;
  private final StringBuilder out = new StringBuilder();
  private final Map<LabelNode, Integer> labels = new HashMap<>();
  private final List<String> tables = new ArrayList<>();
  private final int parameters;

  MethodToSmali(String owner, MethodNode method) {
    this.owner = owner;
    this.method = method;
    int receiver = (method.access & Opcodes.ACC_STATIC) != 0 ? 0 : 1;
    parameters = (Type.getArgumentsAndReturnSizes(method.desc) >> 2) - 1 + receiver;
  }

  String text() {
    if ((method.access & Opcodes.ACC_SYNCHRONIZED) != 0) throw refused("a synchronized method");
    Smali.refuseBooleanArrays(method.desc, where());
    String constructor = method.name.startsWith("<") ? "constructor " : "";
    line("\n.method " + Smali.flags(method.access, Smali.METHOD_FLAGS) + constructor + method.name + method.desc);
    boolean hasCode = (method.access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE)) == 0;
    if (hasCode) line(".registers " + registers());
    if (method.visibleAnnotations != null) method.visibleAnnotations.forEach(this::annotation);
    if (hasCode) code();
    line(".end method");
    return out.toString();
  }

  private void annotation(AnnotationNode node) {
    if (node.values != null && !node.values.isEmpty()) throw refused("an annotation with values");
    line(".annotation runtime " + node.desc);
    line(".end annotation");
  }

  private int registers() {
    int count = method.maxStack + SCRATCH + Math.max(method.maxLocals, parameters);
    if (method.maxStack + SCRATCH > REACHED_BY_ALL) throw refused("an operand stack of " + method.maxStack);
    if (count > REACHED_BY_SOME) throw refused("so many local variables");
    return count;
  }

  private void code() {
    Frame<BasicValue>[] frames = frames();
    Set<LabelNode> handlers = new HashSet<>();
    for (TryCatchBlockNode block : method.tryCatchBlocks) handlers.add(block.handler);
    InstructionToSmali instructions = new InstructionToSmali(this);
    for (int i = 0; i < method.instructions.size(); i++) {
      AbstractInsnNode node = method.instructions.get(i);
      boolean reached = frames[i] != null;
      if (node instanceof LabelNode) {
        line(label((LabelNode) node));
        if (handlers.contains(node) && reached) line("move-exception v0"); // the operand stack is empty there
      } else if (node instanceof LineNumberNode && reached) {
        line(".line " + ((LineNumberNode) node).line);
      } else if (node.getOpcode() >= 0 && reached) {
        instructions.translate(node, frames[i]);
      }
    }
    line("nop"); // for labels after the last instruction
    tables.forEach(this::line);
    for (TryCatchBlockNode block : method.tryCatchBlocks) {
      String kind = block.type == null ? ".catchall" : ".catch " + Smali.descriptor(block.type);
      line(kind + " {" + label(block.start) + " .. " + label(block.end) + "} " + label(block.handler));
    }
  }

  private Frame<BasicValue>[] frames() {
    try {
      return new Analyzer<>(new BasicInterpreter()).analyze(owner, method);
    } catch (AnalyzerException error) {
      throw new IllegalArgumentException(where(), error);
    }
  }

  void line(String text) {
    out.append(text).append('\n');
  }

  /** Adds a table of a switch, which stands behind the code; returns its label. */
  String table(String start, List<String> rows, String end) {
    String name = ":table_" + tables.size();
    tables.add(name + "\n" + start + "\n" + String.join("\n", rows) + "\n" + end);
    return name;
  }

  String label(LabelNode node) {
    return ":label_" + labels.computeIfAbsent(node, absent -> labels.size());
  }

  /** The register of a local variable. */
  String local(int index) {
    return index < parameters ? "p" + index : "v" + (scratch() + SCRATCH + index - parameters);
  }

  /** The first of the scratch registers. */
  int scratch() {
    return method.maxStack;
  }

  IllegalArgumentException refused(String what) {
    return new IllegalArgumentException("no translation for " + what + " in " + where());
  }

  private String where() {
    return owner + "." + method.name + method.desc;
  }
}
