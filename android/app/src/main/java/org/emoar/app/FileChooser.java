package org.emoar.app;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.ClipData;
import android.content.Intent;
import android.net.Uri;
import android.provider.MediaStore;
import android.webkit.ValueCallback;
import android.webkit.WebChromeClient.FileChooserParams;
import java.io.File;

/** Pictures for the page: chosen by the person in the system's dialog, or made with the camera app. */
final class FileChooser implements CameraAccess.Answer {
  static final int CHOOSE = 2;
  static final int TAKE = 3;
  private final MainActivity activity;
  private final CameraAccess camera;
  private ValueCallback<Uri[]> waiting;
  private FileChooserParams params;
  private File photo;

  FileChooser(MainActivity activity, CameraAccess camera) {
    this.activity = activity;
    this.camera = camera;
  }

  void show(ValueCallback<Uri[]> callback, FileChooserParams wanted) {
    answer(null); // an earlier request without an answer
    waiting = callback;
    params = wanted;
    // an app that may ask for the camera has to have it before it may start the camera app
    if (wanted.isCaptureEnabled()) camera.request(this);
    else choose();
  }

  @Override
  public void camera(boolean granted) {
    if (waiting == null) return;
    if (granted) take();
    else choose();
  }

  private void take() {
    photo = SharedFiles.forPhoto(activity);
    Uri target = SharedFiles.uri(photo);
    Intent intent = new Intent(MediaStore.ACTION_IMAGE_CAPTURE).putExtra(MediaStore.EXTRA_OUTPUT, target);
    intent.setClipData(ClipData.newRawUri(null, target)); // carries the permission to older camera apps
    intent.addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION | Intent.FLAG_GRANT_WRITE_URI_PERMISSION);
    try {
      activity.startActivityForResult(intent, TAKE);
    } catch (ActivityNotFoundException noCameraApp) {
      choose();
    }
  }

  private void choose() {
    Intent intent = new Intent(Intent.ACTION_GET_CONTENT).addCategory(Intent.CATEGORY_OPENABLE).setType(type());
    intent.putExtra(Intent.EXTRA_ALLOW_MULTIPLE, params.getMode() == FileChooserParams.MODE_OPEN_MULTIPLE);
    try {
      activity.startActivityForResult(intent, CHOOSE);
    } catch (ActivityNotFoundException noFilesApp) {
      activity.show(R.string.no_app);
      answer(null);
    }
  }

  /** The first media type that the page accepts; it may name extensions too, which Android does not know. */
  private String type() {
    for (String accepted : params.getAcceptTypes()) {
      if (accepted.indexOf('/') > 0) return accepted;
    }
    return "*/*";
  }

  void onResult(int request, int result, Intent data) {
    if (waiting == null) return; // Android ended the app while the other one was shown
    if (result != Activity.RESULT_OK) answer(null);
    else if (request == TAKE) answer(photo.length() > 0 ? new Uri[] {SharedFiles.uri(photo)} : null);
    else answer(chosen(data));
  }

  private static Uri[] chosen(Intent data) {
    if (data == null) return null;
    ClipData several = data.getClipData();
    if (several == null || several.getItemCount() == 0) {
      return data.getData() == null ? null : new Uri[] {data.getData()};
    }
    Uri[] uris = new Uri[several.getItemCount()];
    for (int i = 0; i < uris.length; i++) uris[i] = several.getItemAt(i).getUri();
    return uris;
  }

  private void answer(Uri[] uris) {
    ValueCallback<Uri[]> callback = waiting;
    waiting = null;
    if (callback != null) callback.onReceiveValue(uris);
  }
}
