import static org.objectweb.asm.Opcodes.*;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.BasicValue;
import org.objectweb.asm.tree.analysis.Frame;

/** One instruction after the other. `depth` is the number of words on the operand stack: the next word goes into v{depth}. */
final class InstructionToSmali {
  private static final String[] NUMBERS = {"int", "long", "float", "double"};
  private static final String[] ARITHMETIC = {"add", "sub", "mul", "div", "rem"};
  private static final String[] SHIFTS = {"shl", "shr", "ushr"};
  private static final String[] BITS = {"and", "or", "xor"};
  private static final String[] CONDITIONS = {"eq", "ne", "lt", "ge", "gt", "le"};
  private static final String ELEMENTS = "IJFDLBCS"; // of arrays, in the order of the opcodes
  private static final String[] CONVERSIONS = {
    "int-to-long", "int-to-float", "int-to-double", "long-to-int", "long-to-float", "long-to-double", "float-to-int",
    "float-to-long", "float-to-double", "double-to-int", "double-to-long", "double-to-float", "int-to-byte",
    "int-to-char", "int-to-short"
  };

  private final MethodToSmali method;
  private final int scratch;
  private Frame<BasicValue> frame;
  private int depth;

  InstructionToSmali(MethodToSmali method) {
    this.method = method;
    scratch = method.scratch();
  }

  void translate(AbstractInsnNode node, Frame<BasicValue> before) {
    frame = before;
    depth = 0;
    for (int i = 0; i < before.getStackSize(); i++) depth += before.getStack(i).getSize();
    int opcode = node.getOpcode();
    if (node instanceof VarInsnNode) local(opcode, ((VarInsnNode) node).var);
    else if (node instanceof FieldInsnNode) field(opcode, (FieldInsnNode) node);
    else if (node instanceof MethodInsnNode) call(opcode, (MethodInsnNode) node);
    else if (node instanceof TypeInsnNode) type(opcode, Smali.descriptor(((TypeInsnNode) node).desc));
    else if (node instanceof JumpInsnNode) jump(opcode, method.label(((JumpInsnNode) node).label));
    else if (node instanceof LdcInsnNode) constant(((LdcInsnNode) node).cst);
    else if (node instanceof IntInsnNode) integer(opcode, ((IntInsnNode) node).operand);
    else if (node instanceof IincInsnNode) increment((IincInsnNode) node);
    else if (node instanceof TableSwitchInsnNode) tableSwitch((TableSwitchInsnNode) node);
    else if (node instanceof LookupSwitchInsnNode) lookupSwitch((LookupSwitchInsnNode) node);
    else if (!stack(opcode) && !constant(opcode) && !array(opcode) && !number(opcode) && !leave(opcode)) {
      throw method.refused("opcode " + opcode); // invokedynamic, multianewarray
    }
  }

  private void line(String operation, Object... operands) {
    StringBuilder text = new StringBuilder(operation);
    for (int i = 0; i < operands.length; i++) {
      Object operand = operands[i];
      text.append(i == 0 ? " " : ", ").append(operand instanceof Integer ? "v" + operand : operand);
    }
    method.line(text.toString());
  }

  /** The value on the stack, 0 for the top. */
  private BasicValue value(int fromTop) {
    return frame.getStack(frame.getStackSize() - 1 - fromTop);
  }

  /** The first register of the top value. */
  private int top() {
    return depth - value(0).getSize();
  }

  private void move(BasicValue value, Object to, Object from) {
    line("move" + Smali.kind(value) + "/16", to, from);
  }

  private void local(int opcode, int index) {
    String register = method.local(index);
    if (opcode >= ISTORE) {
      move(value(0), register, top());
    } else {
      String kind = opcode == ALOAD ? "-object" : opcode == LLOAD || opcode == DLOAD ? "-wide" : "";
      line("move" + kind + "/16", depth, register);
    }
  }

  private void field(int opcode, FieldInsnNode node) {
    Smali.refuseBooleanArrays(node.desc, node.name);
    String field = "L" + node.owner + ";->" + node.name + ":" + node.desc;
    String kind = Smali.access(node.desc);
    if (opcode == GETSTATIC) line("sget" + kind, depth, field);
    else if (opcode == PUTSTATIC) line("sput" + kind, top(), field);
    else if (opcode == GETFIELD) line("iget" + kind, top(), top(), field);
    else line("iput" + kind, top(), top() - 1, field);
  }

  private void call(int opcode, MethodInsnNode node) {
    Smali.refuseBooleanArrays(node.desc, node.name);
    int receiver = opcode == INVOKESTATIC ? 0 : 1;
    int words = (Type.getArgumentsAndReturnSizes(node.desc) >> 2) - 1 + receiver;
    int first = depth - words;
    String registers = words == 0 ? "{}" : "{v" + first + " .. v" + (depth - 1) + "}";
    String target = Smali.descriptor(node.owner) + "->" + node.name + node.desc;
    line("invoke-" + how(opcode, node) + (words == 0 ? "" : "/range"), registers, target);
    Type result = Type.getReturnType(node.desc);
    if (result.getSort() == Type.VOID) return;
    boolean reference = result.getSort() >= Type.ARRAY;
    line("move-result" + (reference ? "-object" : result.getSize() == 2 ? "-wide" : ""), first);
  }

  private String how(int opcode, MethodInsnNode node) {
    switch (opcode) {
      case INVOKESTATIC:
        return "static";
      case INVOKEINTERFACE:
        return "interface";
      case INVOKEVIRTUAL:
        return "virtual";
      default: // a constructor, a private method, or one of the superclass
        return node.name.equals("<init>") || node.owner.equals(method.owner) ? "direct" : "super";
    }
  }

  private void type(int opcode, String type) {
    Smali.refuseBooleanArrays(type, type);
    if (opcode == NEW) line("new-instance", depth, type);
    else if (opcode == ANEWARRAY) line("new-array", top(), top(), "[" + type);
    else if (opcode == CHECKCAST) line("check-cast", top(), type);
    else line("instance-of", top(), top(), type);
  }

  private void jump(int opcode, String label) {
    if (opcode == GOTO) line("goto/32", label);
    else if (opcode == IFNULL) line("if-eqz", top(), label);
    else if (opcode == IFNONNULL) line("if-nez", top(), label);
    else if (opcode <= IFLE) line("if-" + CONDITIONS[opcode - IFEQ] + "z", top(), label);
    else line("if-" + CONDITIONS[(opcode - IF_ICMPEQ) % 6], depth - 2, depth - 1, label);
  }

  private void constant(Object value) {
    if (value instanceof String) line("const-string", depth, Smali.quoted((String) value));
    else if (value instanceof Integer) line("const", depth, Smali.number((Integer) value));
    else if (value instanceof Float) line("const", depth, Smali.number(Float.floatToRawIntBits((Float) value)));
    else if (value instanceof Long) line("const-wide", depth, Smali.number((Long) value) + "L");
    else if (value instanceof Double) {
      line("const-wide", depth, Smali.number(Double.doubleToRawLongBits((Double) value)) + "L");
    } else if (value instanceof Type && ((Type) value).getSort() >= Type.ARRAY) {
      line("const-class", depth, ((Type) value).getDescriptor());
    } else throw method.refused("the constant " + value);
  }

  private void integer(int opcode, int operand) {
    if (opcode != NEWARRAY) {
      line("const", depth, Smali.number(operand));
      return;
    }
    if (operand == T_BOOLEAN) throw method.refused("boolean[]");
    line("new-array", top(), top(), "[" + " ZCFDBSIJ".charAt(operand - T_BOOLEAN + 1));
  }

  private void increment(IincInsnNode node) {
    String register = method.local(node.var);
    line("move/16", scratch, register);
    line("const", scratch + 1, Smali.number(node.incr));
    line("add-int", scratch, scratch, scratch + 1);
    line("move/16", register, scratch);
  }

  private void tableSwitch(TableSwitchInsnNode node) {
    List<String> rows = new ArrayList<>();
    for (LabelNode label : node.labels) rows.add(method.label(label));
    String table = method.table(".packed-switch " + Smali.number(node.min), rows, ".end packed-switch");
    line("packed-switch", top(), table);
    line("goto/32", method.label(node.dflt));
  }

  private void lookupSwitch(LookupSwitchInsnNode node) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < node.keys.size(); i++) {
      rows.add(Smali.number(node.keys.get(i)) + " -> " + method.label(node.labels.get(i)));
    }
    String table = method.table(".sparse-switch", rows, ".end sparse-switch");
    line("sparse-switch", top(), table);
    line("goto/32", method.label(node.dflt));
  }

  /** Copies and drops values; false for another opcode, as in the methods that follow. */
  private boolean stack(int opcode) {
    switch (opcode) {
      case NOP:
      case POP:
      case POP2:
        return true;
      case DUP:
        copy(1, 0);
        return true;
      case DUP_X1:
        copy(1, 1);
        return true;
      case DUP_X2:
        copy(1, twoWords(1));
        return true;
      case DUP2:
        copy(twoWords(0), 0);
        return true;
      case DUP2_X1:
        copy(twoWords(0), 1);
        return true;
      case DUP2_X2:
        copy(twoWords(0), twoWords(twoWords(0)));
        return true;
      case SWAP:
        move(value(0), scratch, depth - 1);
        move(value(1), depth - 1, depth - 2);
        move(value(0), depth - 2, scratch);
        return true;
      default:
        return false;
    }
  }

  /** How many values the two words from that value on are. */
  private int twoWords(int fromTop) {
    return value(fromTop).getSize() == 2 ? 1 : 2;
  }

  /** Inserts a copy of the `top` highest values under the `below` values that are under them. */
  private void copy(int top, int below) {
    int words = 0;
    for (int i = 0; i < top; i++) words += value(i).getSize();
    int register = depth;
    for (int i = 0; i < top + below; i++) { // all of them move up, the highest first
      register -= value(i).getSize();
      move(value(i), register + words, register);
    }
    if (below == 0) return; // they are in their place
    int from = depth;
    for (int i = top - 1; i >= 0; i--) { // and the copies take the free place
      move(value(i), register, from);
      register += value(i).getSize();
      from += value(i).getSize();
    }
  }

  private boolean constant(int opcode) {
    if (opcode == ACONST_NULL) line("const", depth, "0x0");
    else if (opcode >= ICONST_M1 && opcode <= ICONST_5) line("const", depth, Smali.number(opcode - ICONST_0));
    else if (opcode == LCONST_0 || opcode == LCONST_1) constant((Object) (long) (opcode - LCONST_0));
    else if (opcode >= FCONST_0 && opcode <= FCONST_2) constant((Object) (float) (opcode - FCONST_0));
    else if (opcode == DCONST_0 || opcode == DCONST_1) constant((Object) (double) (opcode - DCONST_0));
    else return false;
    return true;
  }

  private boolean array(int opcode) {
    if (opcode == ARRAYLENGTH) {
      line("array-length", top(), top());
    } else if (opcode >= IALOAD && opcode <= SALOAD) {
      String kind = Smali.access(ELEMENTS.substring(opcode - IALOAD));
      line("aget" + kind, depth - 2, depth - 2, depth - 1);
    } else if (opcode >= IASTORE && opcode <= SASTORE) {
      String kind = Smali.access(ELEMENTS.substring(opcode - IASTORE));
      line("aput" + kind, top(), top() - 2, top() - 1);
    } else return false;
    return true;
  }

  private boolean number(int opcode) {
    if (opcode >= IADD && opcode <= DREM) binary(ARITHMETIC[(opcode - IADD) / 4], NUMBERS[(opcode - IADD) % 4]);
    else if (opcode >= INEG && opcode <= DNEG) line("neg-" + NUMBERS[opcode - INEG], top(), top());
    else if (opcode >= ISHL && opcode <= LUSHR) shift(SHIFTS[(opcode - ISHL) / 2], NUMBERS[(opcode - ISHL) % 2]);
    else if (opcode >= IAND && opcode <= LXOR) binary(BITS[(opcode - IAND) / 2], NUMBERS[(opcode - IAND) % 2]);
    else if (opcode >= I2L && opcode <= I2S) line(CONVERSIONS[opcode - I2L], top(), top());
    else if (opcode == LCMP) compare("cmp-long", 2);
    else if (opcode == FCMPL || opcode == FCMPG) compare(opcode == FCMPL ? "cmpl-float" : "cmpg-float", 1);
    else if (opcode == DCMPL || opcode == DCMPG) compare(opcode == DCMPL ? "cmpl-double" : "cmpg-double", 2);
    else return false;
    return true;
  }

  private void binary(String operation, String type) {
    int words = value(0).getSize();
    int left = depth - 2 * words;
    line(operation + "-" + type, left, left, depth - words);
  }

  private void shift(String operation, String type) {
    int left = depth - 1 - value(1).getSize(); // the distance is an int, whatever is shifted
    line(operation + "-" + type, left, left, depth - 1);
  }

  private void compare(String operation, int words) {
    int left = depth - 2 * words;
    line(operation, left, left, depth - words);
  }

  private boolean leave(int opcode) {
    if (opcode == RETURN) line("return-void");
    else if (opcode >= IRETURN && opcode <= ARETURN) line("return" + Smali.kind(value(0)), top());
    else if (opcode == ATHROW) line("throw", top());
    else if (opcode == MONITORENTER) line("monitor-enter", top());
    else if (opcode == MONITOREXIT) line("monitor-exit", top());
    else return false;
    return true;
  }
}
