package android.os;

import java.io.File;
import java.io.FileNotFoundException;

public class ParcelFileDescriptor {
  public final File file;
  public final int mode;

  private ParcelFileDescriptor(File file, int mode) {
    this.file = file;
    this.mode = mode;
  }

  public static int parseMode(String mode) {
    if (mode.equals("r")) return 0x10000000;
    if (mode.equals("w") || mode.equals("wt")) return 0x2c000000;
    if (mode.equals("rw")) return 0x38000000;
    throw new IllegalArgumentException(mode);
  }

  public static ParcelFileDescriptor open(File file, int mode) throws FileNotFoundException {
    if (mode == 0x10000000 && !file.isFile()) throw new FileNotFoundException(file.toString());
    return new ParcelFileDescriptor(file, mode);
  }
}
