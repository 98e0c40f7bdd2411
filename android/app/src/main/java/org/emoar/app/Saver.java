package org.emoar.app;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.ClipData;
import android.content.ContentResolver;
import android.content.ContentValues;
import android.content.Intent;
import android.net.Uri;
import android.os.Build;
import android.os.Environment;
import android.provider.MediaStore;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Takes a file from the page, part by part, and saves or shares it. No permission is needed: from Android 10 an app adds
 * files to the shared folders by MediaStore, before that the system's dialog lets the person choose the place.
 */
final class Saver {
  static final int PLACE = 4;
  private static final int BUFFER_BYTES = 1 << 16;
  private final MainActivity activity;
  private File file;
  private String type;
  private OutputStream out;
  private File unplaced; // while the system's dialog asks where to put it

  Saver(MainActivity activity) {
    this.activity = activity;
  }

  boolean begin(String name, String mediaType) {
    drop();
    try {
      file = SharedFiles.create(activity, name);
      int parameters = mediaType.indexOf(';');
      type = parameters < 0 ? mediaType : mediaType.substring(0, parameters);
      out = new FileOutputStream(file);
      return true;
    } catch (IOException full) {
      drop();
      return false;
    }
  }

  boolean write(byte[] part) {
    if (out == null) return false;
    try {
      out.write(part);
      return true;
    } catch (IOException full) {
      drop();
      return false;
    }
  }

  /** Ends the file and saves it; false where that is not possible. */
  boolean save() {
    if (!end()) return false;
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) return choosePlace();
    try {
      insert();
      activity.show(R.string.saved);
      return true;
    } catch (IOException full) {
      return false;
    } catch (RuntimeException refused) { // by the phone's media store
      return false;
    } finally {
      drop();
    }
  }

  /** Ends the file and offers it to other apps; no copy is left in the gallery. */
  boolean share() {
    if (!end()) return false;
    Uri uri = SharedFiles.uri(file);
    Intent intent = new Intent(Intent.ACTION_SEND).setType(type).putExtra(Intent.EXTRA_STREAM, uri);
    intent.setClipData(ClipData.newRawUri(null, uri)); // carries the permission through the chooser
    intent.addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION);
    file = null; // the other app reads it later
    return activity.open(Intent.createChooser(intent, null));
  }

  private boolean end() {
    if (out == null) return false;
    try {
      out.close();
      out = null;
      return true;
    } catch (IOException full) {
      drop();
      return false;
    }
  }

  private boolean choosePlace() {
    final Intent intent = new Intent(Intent.ACTION_CREATE_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType(type);
    intent.putExtra(Intent.EXTRA_TITLE, file.getName());
    final File waiting = file;
    file = null;
    activity.runOnUiThread(
        new Runnable() {
          @Override
          public void run() {
            if (unplaced != null) unplaced.delete();
            unplaced = waiting;
            try {
              activity.startActivityForResult(intent, PLACE);
            } catch (ActivityNotFoundException noFilesApp) {
              onPlace(Activity.RESULT_CANCELED, null);
              activity.show(R.string.no_app);
            }
          }
        });
    return true;
  }

  /** The person has chosen a place, or none. */
  void onPlace(int result, Intent data) {
    File placed = unplaced;
    unplaced = null;
    if (placed == null) return;
    try {
      if (result != Activity.RESULT_OK || data == null) return;
      copy(placed, data.getData());
      activity.show(R.string.saved);
    } catch (IOException full) {
      activity.show(R.string.not_saved);
    } finally {
      placed.delete();
    }
  }

  private void insert() throws IOException {
    ContentResolver resolver = activity.getContentResolver();
    ContentValues values = new ContentValues();
    values.put(MediaStore.MediaColumns.DISPLAY_NAME, file.getName());
    values.put(MediaStore.MediaColumns.MIME_TYPE, type);
    values.put(MediaStore.MediaColumns.RELATIVE_PATH, folder() + "/EmoAR");
    values.put(MediaStore.MediaColumns.IS_PENDING, Integer.valueOf(1)); // hidden until it is complete
    Uri uri = resolver.insert(collection(), values);
    if (uri == null) throw new IOException("no place for " + file.getName());
    try {
      copy(file, uri);
    } catch (IOException full) {
      resolver.delete(uri, null, null);
      throw full;
    }
    ContentValues complete = new ContentValues();
    complete.put(MediaStore.MediaColumns.IS_PENDING, Integer.valueOf(0));
    resolver.update(uri, complete, null, null);
  }

  private String folder() {
    if (type.startsWith("image/")) return Environment.DIRECTORY_PICTURES;
    return type.startsWith("video/") ? Environment.DIRECTORY_MOVIES : Environment.DIRECTORY_DOWNLOADS;
  }

  private Uri collection() {
    if (type.startsWith("image/")) return MediaStore.Images.Media.EXTERNAL_CONTENT_URI;
    if (type.startsWith("video/")) return MediaStore.Video.Media.EXTERNAL_CONTENT_URI;
    return MediaStore.Downloads.EXTERNAL_CONTENT_URI;
  }

  private void copy(File from, Uri to) throws IOException {
    try (InputStream in = new FileInputStream(from);
        OutputStream target = activity.getContentResolver().openOutputStream(to)) {
      if (target == null) throw new IOException("cannot write " + to);
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) target.write(buffer, 0, n);
    }
  }

  /** Forgets an unfinished file. */
  private void drop() {
    try {
      if (out != null) out.close();
    } catch (IOException full) {
      // it is deleted anyway
    }
    out = null;
    if (file != null) file.delete();
    file = null;
  }
}
