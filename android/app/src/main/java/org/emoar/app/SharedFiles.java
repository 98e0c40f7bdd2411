package org.emoar.app;

import android.content.ContentProvider;
import android.content.ContentValues;
import android.content.Context;
import android.database.Cursor;
import android.database.MatrixCursor;
import android.net.Uri;
import android.os.ParcelFileDescriptor;
import android.provider.OpenableColumns;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;

/**
 * Files that pass between the page and other apps, in the cache folder: what is shared, and photos that the camera app
 * writes. Another app reaches only the one file whose address it was given. They are gone at the next start.
 */
public final class SharedFiles extends ContentProvider {
  private static final String AUTHORITY = "org.emoar.app.files";
  private static final String FOLDER = "shared";
  private static final String PHOTO = "photo.jpg";
  private static final int LONGEST_NAME = 80;
  private static int count;

  /** A new file of that name, in a folder of its own. */
  static File create(Context context, String name) {
    File folder = new File(new File(context.getCacheDir(), FOLDER), String.valueOf(++count));
    folder.mkdirs();
    return new File(folder, safeName(name));
  }

  static File forPhoto(Context context) {
    return create(context, PHOTO);
  }

  static Uri uri(File file) {
    return Uri.parse("content://" + AUTHORITY + "/" + file.getParentFile().getName() + "/" + file.getName());
  }

  static void deleteAll(Context context) {
    delete(new File(context.getCacheDir(), FOLDER));
  }

  private static void delete(File file) {
    File[] children = file.listFiles();
    if (children != null) for (File child : children) delete(child);
    file.delete();
  }

  /** The name without anything that a folder or another program could misread. */
  static String safeName(String name) {
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < name.length() && safe.length() < LONGEST_NAME; i++) {
      char c = name.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      boolean inside = safe.length() > 0 && c == '.';
      safe.append(letter || inside || c == '-' || c == '_' ? c : '_');
    }
    return safe.length() == 0 ? "emoar" : safe.toString();
  }

  @Override
  public boolean onCreate() {
    return true;
  }

  @Override
  public ParcelFileDescriptor openFile(Uri uri, String mode) throws FileNotFoundException {
    File file = file(uri);
    boolean reads = mode.equals("r");
    if (!reads && !file.getName().equals(PHOTO)) throw new FileNotFoundException("read only");
    return ParcelFileDescriptor.open(file, ParcelFileDescriptor.parseMode(mode));
  }

  @Override
  public String getType(Uri uri) {
    return WebApp.mediaType(uri.getPath());
  }

  /** Name and size, which is what other apps ask for. */
  @Override
  public Cursor query(Uri uri, String[] projection, String selection, String[] arguments, String order) {
    File file;
    try {
      file = file(uri);
    } catch (FileNotFoundException absent) {
      return null;
    }
    String[] columns =
        projection != null ? projection : new String[] {OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE};
    Object[] row = new Object[columns.length];
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].equals(OpenableColumns.DISPLAY_NAME)) row[i] = file.getName();
      if (columns[i].equals(OpenableColumns.SIZE)) row[i] = Long.valueOf(file.length());
    }
    MatrixCursor cursor = new MatrixCursor(columns, 1);
    cursor.addRow(row);
    return cursor;
  }

  /** The file of an address; there is none outside the folder. */
  private File file(Uri uri) throws FileNotFoundException {
    try {
      File folder = new File(getContext().getCacheDir(), FOLDER).getCanonicalFile();
      File file = new File(folder, uri.getPath()).getCanonicalFile();
      File parent = file.getParentFile();
      boolean inside = parent != null && folder.equals(parent.getParentFile());
      if (inside && file.getParentFile().isDirectory()) return file;
    } catch (IOException unreadable) {
      // as if it were absent
    }
    throw new FileNotFoundException(uri.toString());
  }

  @Override
  public Uri insert(Uri uri, ContentValues values) {
    return null;
  }

  @Override
  public int update(Uri uri, ContentValues values, String selection, String[] arguments) {
    return 0;
  }

  @Override
  public int delete(Uri uri, String selection, String[] arguments) {
    return 0;
  }
}
