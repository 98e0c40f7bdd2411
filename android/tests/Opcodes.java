import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Uses what the dexer translates, in each type, and prints what comes out: on a JVM and after a trip through DEX alike. */
public class Opcodes {
  static final String TEXT = "quote \" back\\slash \n tab\t é \u2026";
  static final long LONG = -1234567890123L;
  static final int HEX = 0xffff8000;
  static final boolean YES = true;
  static int counter = 5;
  static long wide = 6;
  private int field = 7;
  private double real = 0.5;
  private byte small = -1;
  private char letter = 'x';
  private short medium = -300;
  private boolean flag = true;
  private Object thing;
  private volatile float rate = 2.5f;

  interface Shape {
    double area(double side);
  }

  static final class Square implements Shape {
    @Override
    public double area(double side) {
      return side * side;
    }
  }

  abstract static class Base {
    abstract String name();

    public String toString() {
      return "Base " + name();
    }
  }

  static class Derived extends Base {
    String name() {
      return "derived";
    }

    public String toString() {
      return super.toString() + "!";
    }
  }

  public static void main(String[] arguments) {
    out(TEXT, LONG, HEX, YES, Opcodes.class, int[].class, 1.5e300, -0.0f, Long.MIN_VALUE, Integer.MIN_VALUE, 70000, -129);
    for (int a : new int[] {7, -7, 0, Integer.MAX_VALUE}) for (int b : new int[] {3, -2}) integers(a, b);
    for (long a : new long[] {7, -7, Long.MIN_VALUE}) for (long b : new long[] {3, -2}) longs(a, b);
    for (double a : new double[] {7.25, -7, Double.NaN}) for (double b : new double[] {3, -2}) reals(a, b, (float) a, (float) b);
    conversions(-70000, 1L << 40, 3.9e10f, -3.9e20);
    arrays();
    fields(new Opcodes());
    control();
    exceptions();
    out(new Derived(), new Square().area(1.5), new Shape() {
      public double area(double side) {
        return side * counter;
      }
    }.area(2));
    many(1, 2L, 3f, 4.0, "5", (byte) 6, 'c', (short) 8, true, 10L);
  }

  static void out(Object... values) {
    StringBuilder line = new StringBuilder();
    for (Object value : values) line.append(value).append(' ');
    System.out.println(line);
  }

  static void integers(int a, int b) {
    out(a + b, a - b, a * b, a / b, a % b, -a, a << b, a >> b, a >>> b, a & b, a | b, a ^ b, ~a);
    out(a < b, a <= b, a > b, a >= b, a == b, a != b, a < 0, a <= 0, a > 0, a >= 0, a == 0, a != 0);
    int c = a;
    c++;
    c += 1000;
    c -= 40000;
    out(c, c++ + ++c, (byte) a, (char) a, (short) a);
  }

  static void longs(long a, long b) {
    out(a + b, a - b, a * b, a / b, a % b, -a, a << 3, a >> 3, a >>> 3, a & b, a | b, a ^ b, a < b, a == b, a > b);
    long c = a;
    c += b;
    long d = c++;
    wide += d;
    out(c, d, wide, wide++, 0L, 1L);
  }

  static void reals(double a, double b, float c, float d) {
    out(a + b, a - b, a * b, a / b, a % b, -a, a < b, a > b, a == b, a <= b, a >= b, 0.0, 1.0);
    out(c + d, c - d, c * d, c / d, c % d, -c, c < d, c > d, c == d, c <= d, c >= d, 0f, 1f, 2f);
  }

  static void conversions(int i, long l, float f, double d) {
    out((long) i, (float) i, (double) i, (int) l, (float) l, (double) l, (int) f, (long) f, (double) f, (int) d, (long) d, (float) d);
  }

  static void arrays() {
    byte[] bytes = {1, -2};
    char[] chars = {'a', 'b'};
    short[] shorts = {3, -4};
    int[] ints = {5, 6};
    long[] longs = {7L, 8L};
    float[] floats = {9f, 10f};
    double[] doubles = {11.0, 12.0};
    Object[] things = {"x", null};
    String[][] table = new String[2][];
    table[1] = new String[] {"deep"};
    bytes[0] += 5;
    chars[1]++;
    shorts[1] = (short) (shorts[0] - 9);
    ints[0] = ints[1]++ + 1;
    longs[0] += longs[1]--;
    floats[1] = floats[0] = 2f;
    doubles[0] *= doubles[1];
    out(bytes[0], bytes[1], chars[0], chars[1], shorts[1], ints[0], ints[1], longs[0], longs[1], floats[1], doubles[0]);
    out(things.length, things[0], things[1], table[0], table[1][0], things instanceof Object[], table[1].length);
  }

  static void fields(Opcodes o) {
    o.field += 3;
    o.real = o.real / 2;
    o.small++;
    o.letter++;
    o.medium -= 5;
    o.flag = !o.flag;
    o.rate *= 2;
    o.thing = o;
    counter = o.field++ * 2;
    out(o.field, o.real, o.small, o.letter, o.medium, o.flag, o.rate, o.thing == o, o.thing != null, o.thing instanceof Opcodes, counter);
    Object value = "text";
    out(((String) value).length(), value instanceof Integer, o.square(4), (Object) o.thing == null);
  }

  private int square(int side) {
    return side * side;
  }

  static void control() {
    for (int i = -1; i < 6; i++) out(dense(i), sparse(i * 1000), text("case" + i));
    int n = 0;
    do {
      if (n == 3) continue;
      if (n > 6) break;
      n += 2;
    } while (n++ < 100);
    Map<String, Integer> map = new HashMap<>();
    List<Long> list = new ArrayList<>();
    for (long i = 0; i < 5; i++) list.add(i * i);
    for (Long value : list) map.merge("sum", value.intValue(), new Add());
    out(n, map.get("sum"), list.isEmpty() ? "none" : "some", n > 3 && n < 100 || n == 7);
  }

  static final class Add implements java.util.function.BiFunction<Integer, Integer, Integer> {
    public Integer apply(Integer a, Integer b) {
      return a + b;
    }
  }

  static int dense(int i) {
    switch (i) {
      case 0:
        return 10;
      case 1:
      case 2:
        return 20;
      case 3:
        i = 30;
      default:
        return -i;
    }
  }

  static String sparse(int i) {
    switch (i) {
      case -1000:
        return "negative";
      case 2000:
        return "two";
      case 5000:
        return "five";
      default:
        return "other";
    }
  }

  static String text(String key) {
    switch (key) {
      case "case1":
        return "one";
      case "case4":
        return "four";
      default:
        return "?";
    }
  }

  static void exceptions() {
    for (int i = 0; i < 4; i++) out(attempt(i));
    Object lock = new Object();
    synchronized (lock) {
      out("locked", Thread.holdsLock(lock));
    }
    out("free", Thread.holdsLock(lock));
    try (Closing a = new Closing("a"); Closing b = new Closing("b")) {
      out("inside", a.name, b.name);
      throw new IllegalStateException("thrown");
    } catch (IllegalStateException | IllegalArgumentException error) {
      out(error.getMessage(), error.getSuppressed().length);
    }
  }

  static String attempt(int i) {
    String steps = "";
    try {
      if (i == 1) throw new IllegalArgumentException("one");
      if (i == 2) steps += new int[] {5}[i];
      if (i == 3) return "returned " + steps;
      steps += "tried ";
    } catch (IllegalArgumentException error) {
      steps += error.getMessage() + " ";
    } catch (RuntimeException error) {
      steps += error.getClass().getSimpleName() + " ";
    } finally {
      counter++;
    }
    return steps + counter;
  }

  static final class Closing implements AutoCloseable {
    final String name;

    Closing(String name) {
      this.name = name;
    }

    @Override
    public void close() {
      out("closed", name);
      throw new IllegalArgumentException("while closing " + name);
    }
  }

  static void many(int a, long b, float c, double d, String e, byte f, char g, short h, boolean i, long j) {
    long k = b;
    double l = d;
    b += j;
    out(a, b, c, d, e, f, g, h, i, j, k == b, l == d);
    many(String.valueOf(a), l, k);
  }

  static void many(String... rest) {
    out((Object[]) rest);
  }

  static void many(String a, double b, long c) {
    out(a, b, c);
  }
}
