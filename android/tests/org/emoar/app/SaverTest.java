package org.emoar.app;

import static org.junit.Assert.*;

import android.app.Activity;
import android.content.Intent;
import android.net.Uri;
import android.provider.OpenableColumns;
import fake.Phone;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import org.junit.Test;

public class SaverTest extends Shell {
  private boolean give(String name, String type, boolean share, String... parts) {
    boolean going = bridge().begin(name, type);
    for (String part : parts) going &= bridge().write(Base64.getEncoder().encodeToString(part.getBytes()));
    boolean done = going & bridge().end(share);
    Phone.idle();
    return done;
  }

  private Phone.Media only() {
    assertEquals(1, Phone.media.size());
    return Phone.media.values().iterator().next();
  }

  @Test
  public void fromAndroid10FilesGoToTheMediaStore() {
    String[][] cases = {
      {"a.png", "image/png", "images", "Pictures/EmoAR"}, {"a.mp4", "video/mp4;codecs=avc1", "video", "Movies/EmoAR"},
      {"a.csv", "text/csv", "downloads", "Download/EmoAR"}
    };
    for (String[] row : cases) {
      start(29);
      assertTrue(give(row[0], row[1], false, "ab", "c"));
      assertEquals("abc", only().bytes.toString());
      assertTrue(only().collection.toString().contains(row[2]));
      assertEquals(row[0], only().values.get("_display_name"));
      assertEquals(row[1].split(";")[0], only().values.get("mime_type"));
      assertEquals(row[3], only().values.get("relative_path"));
      assertEquals("it is complete", 0, only().values.get("is_pending"));
      assertEquals("saved", Phone.toasts.get(0));
      assertTrue("no copy is left", files().isEmpty());
    }
  }

  @Test
  public void beforeAndroid10ThePersonChoosesThePlace() {
    start(28);
    assertTrue(give("a.png", "image/png", false, "abc"));
    assertTrue(Phone.media.isEmpty());
    Intent intent = Phone.opened.get(0);
    assertEquals(Intent.ACTION_CREATE_DOCUMENT, intent.getAction());
    assertEquals("image/png", intent.type);
    assertEquals("a.png", intent.extras.get(Intent.EXTRA_TITLE));
    Uri place = Uri.parse("content://documents/7");
    activity.onActivityResult(Saver.PLACE, Activity.RESULT_OK, new Intent("", place));
    Phone.idle();
    assertEquals("abc", Phone.documents.get(place).toString());
    assertEquals("saved", Phone.toasts.get(0));
    assertTrue(files().isEmpty());
  }

  @Test
  public void withoutAPlaceNothingIsKept() {
    start(28);
    give("a.png", "image/png", false, "abc");
    activity.onActivityResult(Saver.PLACE, Activity.RESULT_CANCELED, null);
    Phone.idle();
    assertTrue(Phone.documents.isEmpty() && Phone.toasts.isEmpty());
    assertTrue(files().isEmpty());
    Phone.absentActions.add(Intent.ACTION_CREATE_DOCUMENT);
    give("b.png", "image/png", false, "abc");
    assertEquals("no_app", Phone.toasts.get(0));
    assertTrue(files().isEmpty());
  }

  @Test
  public void aFullPhoneIsToldAndLeavesNothing() {
    Phone.diskFull = true;
    assertFalse(give("a.png", "image/png", false, "abc"));
    assertEquals("not_saved", Phone.toasts.get(0));
    assertTrue("no unfinished entry", Phone.media.isEmpty());
    start(28);
    Phone.diskFull = true;
    give("a.png", "image/png", false, "abc");
    activity.onActivityResult(Saver.PLACE, Activity.RESULT_OK, new Intent("", Uri.parse("content://documents/7")));
    Phone.idle();
    assertEquals("not_saved", Phone.toasts.get(0));
    assertTrue(files().isEmpty());
  }

  @Test
  public void sharingLeavesNoCopyInTheGallery() throws IOException {
    assertTrue(give("emoar-1.png", "image/png", true, "abc"));
    assertTrue(Phone.media.isEmpty() && Phone.documents.isEmpty());
    Intent send = Phone.opened.get(0).chosen();
    assertEquals(Intent.ACTION_SEND, send.getAction());
    assertEquals("image/png", send.type);
    assertEquals("the other app may read", 1, send.flags);
    Uri uri = (Uri) send.extras.get(Intent.EXTRA_STREAM);
    assertEquals(uri, send.getClipData().getItemAt(0).getUri());
    SharedFiles provider = new SharedFiles();
    provider.attach(activity);
    assertArrayEquals("abc".getBytes(), Files.readAllBytes(provider.openFile(uri, "r").file.toPath()));
    assertEquals("image/png", provider.getType(uri));
    android.database.MatrixCursor row = (android.database.MatrixCursor) provider.query(uri, null, null, null, null);
    assertArrayEquals(new String[] {OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE}, row.columns);
    assertArrayEquals(new Object[] {"emoar-1.png", 3L}, row.row);
    give("emoar-2.png", "image/png", true, "def");
    assertArrayEquals("the first is still there", "abc".getBytes(), Files.readAllBytes(provider.openFile(uri, "r").file.toPath()));
    MainActivity next = new MainActivity();
    next.onCreate(null); // the next start
    assertTrue(files().isEmpty());
  }

  @Test
  public void wrongUseIsRefused() {
    assertFalse("nothing was begun", bridge().write("YWJj"));
    assertFalse(bridge().end(false));
    assertFalse(bridge().end(true));
    assertTrue(bridge().begin("a.png", "image/png"));
    assertFalse(bridge().write("###"));
    assertTrue(bridge().begin("b.png", "image/png")); // the first is dropped
    assertEquals(1, files().size());
  }

  @Test
  public void namesAreHarmless() {
    String[][] cases = {
      {"emoar-2026-03-01.png", "emoar-2026-03-01.png"}, {"../../x", "_./_.._x"}, {"a/b\\c:d", "a_b_c_d"}, {"", "emoar"},
      {".hidden", "_hidden"}, {"ü \n", "___"}
    };
    for (String[] row : cases) assertFalse(row[0], SharedFiles.safeName(row[0]).matches(".*[^A-Za-z0-9._-].*"));
    assertEquals("emoar-2026-03-01.png", SharedFiles.safeName(cases[0][0]));
    assertEquals("emoar", SharedFiles.safeName(""));
    assertEquals("_hidden", SharedFiles.safeName(".hidden"));
    assertEquals(80, SharedFiles.safeName(new String(new char[500]).replace('\0', 'a')).length());
  }
}
