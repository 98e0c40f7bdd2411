import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Writes Java classes as smali, the text from which Debian's assembler makes a DEX file: Debian has no dexer.
 *
 * <p>Usage: ClassToSmali FOLDER CLASS_FILE...; the classes are of Java 8, without lambdas. What has no translation is an
 * error.
 */
public final class ClassToSmali {
  public static void main(String[] arguments) throws IOException {
    Path folder = Paths.get(arguments[0]);
    for (int i = 1; i < arguments.length; i++) {
      ClassNode node = new ClassNode();
      new ClassReader(Files.readAllBytes(Paths.get(arguments[i]))).accept(node, 0);
      Path target = folder.resolve(node.name + ".smali");
      Files.createDirectories(target.getParent());
      Files.write(target, text(node).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String text(ClassNode node) {
    StringBuilder out = new StringBuilder();
    out.append(".class ").append(Smali.flags(node.access & ~Opcodes.ACC_SUPER, Smali.CLASS_FLAGS));
    out.append('L').append(node.name).append(";\n.super L").append(node.superName).append(";\n");
    if (node.sourceFile != null) out.append(".source ").append(Smali.quoted(node.sourceFile)).append('\n');
    for (String name : node.interfaces) out.append(".implements L").append(name).append(";\n");
    for (FieldNode field : node.fields) out.append(field(field));
    for (MethodNode method : node.methods) out.append(new MethodToSmali(node.name, method).text());
    return out.toString();
  }

  private static String field(FieldNode field) {
    Smali.refuseBooleanArrays(field.desc, field.name);
    boolean constant = field.value != null && (field.access & Opcodes.ACC_STATIC) != 0;
    String value = constant ? " = " + value(field.value, Type.getType(field.desc)) : "";
    return ".field " + Smali.flags(field.access, Smali.FIELD_FLAGS) + field.name + ":" + field.desc + value + "\n";
  }

  private static String value(Object value, Type type) {
    if (value instanceof String) return Smali.quoted((String) value);
    if (type.getSort() == Type.BOOLEAN) return value.equals(0) ? "false" : "true";
    if (value instanceof Long) return Smali.number((Long) value) + "L";
    if (value instanceof Integer) return Smali.number((Integer) value);
    throw new IllegalArgumentException("no translation for a constant of type " + type);
  }
}
