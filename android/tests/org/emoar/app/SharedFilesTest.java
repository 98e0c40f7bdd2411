package org.emoar.app;

import static org.junit.Assert.*;

import android.net.Uri;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.Test;

public class SharedFilesTest extends Shell {
  private SharedFiles provider() {
    SharedFiles provider = new SharedFiles();
    provider.attach(activity);
    assertTrue(provider.onCreate());
    return provider;
  }

  @Test
  public void onlyFilesOfTheFolderAreReached() throws IOException {
    Files.write(new File(folder.getRoot(), "secret.txt").toPath(), new byte[] {1});
    File shared = SharedFiles.create(activity, "a.png");
    Files.write(shared.toPath(), new byte[] {2});
    assertEquals(shared.getCanonicalFile(), provider().openFile(SharedFiles.uri(shared), "r").file);
    String number = shared.getParentFile().getName();
    String[] tricks = {
      "/../secret.txt", "/" + number + "/../../secret.txt", "/%2e%2e/secret.txt", "/secret.txt", "/", "",
      "/" + number, "/" + number + "/absent.png", "/99/a.png", "/" + number + "/a.png/x"
    };
    for (String path : tricks) {
      Uri uri = Uri.parse("content://org.emoar.app.files" + path);
      assertThrows(path, FileNotFoundException.class, () -> provider().openFile(uri, "r"));
    }
  }

  @Test
  public void onlyAPhotoIsWrittenByOthers() throws IOException {
    File shared = SharedFiles.create(activity, "a.png");
    Files.write(shared.toPath(), new byte[] {2});
    for (String mode : new String[] {"w", "wt", "rw"}) {
      assertThrows(FileNotFoundException.class, () -> provider().openFile(SharedFiles.uri(shared), mode));
    }
    assertNotNull(provider().openFile(SharedFiles.uri(SharedFiles.forPhoto(activity)), "w"));
    Uri uri = SharedFiles.uri(shared);
    assertNull(provider().insert(uri, null));
    assertEquals(0, provider().delete(uri, null, null) + provider().update(uri, null, null, null));
    assertTrue(shared.isFile());
  }

  @Test
  public void unknownColumnsAreEmpty() throws IOException {
    File shared = SharedFiles.create(activity, "a.png");
    Files.write(shared.toPath(), new byte[] {2});
    Uri uri = SharedFiles.uri(shared);
    String[] columns = {"_data", "_size"};
    Object[] row = ((android.database.MatrixCursor) provider().query(uri, columns, null, null, null)).row;
    assertArrayEquals(new Object[] {null, 1L}, row);
    assertNull(provider().query(Uri.parse("content://org.emoar.app.files/../x"), null, null, null, null));
  }
}
